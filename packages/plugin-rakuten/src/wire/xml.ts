import { SaxesParser } from 'saxes'
import { decodeDocument, UnreadableDocument } from './decode.ts'

/** An element without its attributes: text (trimmed, `null` where empty), or its children by local name; repeated ones are a list. */
export type XmlValue = string | null | XmlNode | readonly XmlValue[]
export interface XmlNode {
  readonly [name: string]: XmlValue
}

export interface XmlDocument {
  /** Local name of the root element. */
  readonly root: string
  readonly value: XmlValue
}

/** 50 MB: the largest answer we accept; `getnewsales` has no paging. */
export const maxDocumentBytes = 50_000_000
const maxDepth = 40

interface Open {
  readonly name: string
  text: string
  children: Record<string, XmlValue> | undefined
}

/**
 * Reads a document strictly: not well-formed, a document type declaration (the only door for entities), deeper than 40 elements or larger than
 * 50 MB throws {@link UnreadableDocument}. Namespaces are ignored, since they differ by host and age; text between elements is dropped.
 */
export function parseXml(bytes: Uint8Array): XmlDocument {
  if (bytes.length > maxDocumentBytes) throw new UnreadableDocument(`it is larger than ${maxDocumentBytes} bytes`)
  return parseXmlText(decodeDocument(bytes))
}

export function parseXmlText(text: string): XmlDocument {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const open: Open[] = []
  let document: XmlDocument | undefined

  parser.on('error', (error) => {
    throw new UnreadableDocument(`it is not well-formed XML (${withoutContent(error.message)})`)
  })
  parser.on('doctype', () => {
    throw new UnreadableDocument('it has a document type declaration, which no answer of this system has')
  })
  parser.on('opentag', ({ name }) => {
    if (open.length >= maxDepth) throw new UnreadableDocument(`its elements are nested deeper than ${maxDepth}`)
    open.push({ name: localName(name), text: '', children: undefined })
  })
  const addText = (part: string): void => {
    const top = open.at(-1)
    if (top !== undefined) top.text += part
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const closed = open.pop()
    if (closed === undefined) return
    const value = closed.children ?? (closed.text.trim() || null)
    const parent = open.at(-1)
    if (parent === undefined) document = { root: closed.name, value }
    else addChild(parent, closed.name, value)
  })

  parser.write(text.trimStart()).close()
  if (document === undefined) throw new UnreadableDocument('it is empty')
  return document
}

function addChild(parent: Open, name: string, value: XmlValue): void {
  // Plain objects, since all sales then share one shape; inherited names are no children, and `__proto__` is data like any other.
  const children = (parent.children ??= {})
  const before = Object.hasOwn(children, name) ? children[name] : undefined
  if (Array.isArray(before)) before.push(value)
  else if (name === '__proto__')
    Object.defineProperty(children, name, {
      value: both(before, value),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  else children[name] = both(before, value)
}

const both = (before: XmlValue | undefined, value: XmlValue): XmlValue =>
  before === undefined ? value : [before, value]

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/** The parser's complaint without what it quotes: a quote could hold a buyer's name or an echoed token. */
const withoutContent = (message: string): string =>
  message
    .replace(/^undefined:\d+:\d+: /, '')
    .replace(/[:"'`].*$/s, '')
    .slice(0, 100)

export const isNode = (value: XmlValue | undefined): value is XmlNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
