/** An element of an XML document, as far as feeds use XML: no namespaces, no mixed content. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

const TAG = /<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const decode = (text: string): string =>
  text.replaceAll(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith('#'))
      return String.fromCodePoint(name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)))
    return entities[name] ?? whole
  })

interface Open {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

/** The root of the document; undefined when it is not well-formed. */
export function parseXml(document: string): Element | undefined {
  const source = document.replaceAll(/<\?[^>]*\?>|<!--[\s\S]*?-->/g, '')
  const top: Open = { name: '', attributes: {}, children: [], text: '' }
  const open: Open[] = [top]
  let end = 0
  for (const tag of source.matchAll(TAG)) {
    const [whole, closes = '', name = '', attributes = '', empty = ''] = tag
    const between = source.slice(end, tag.index)
    const current = open.at(-1)
    if (current === undefined || between.includes('<')) return undefined
    current.text += decode(between.trim())
    end = tag.index + whole.length
    if (closes === '') open.push({ name, attributes: attributesOf(attributes), children: [], text: '' })
    if (closes !== '' || empty !== '') {
      const done = open.pop()
      if (done === undefined || done.name !== name) return undefined
      open.at(-1)?.children.push(done)
    }
  }
  const whole = open.length === 1 && top.text === '' && source.slice(end).trim() === '' && top.children.length === 1
  return whole ? top.children[0] : undefined
}

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', one, other]) => [name, decode(one ?? other ?? '')]),
  )

export const childrenOf = (element: Element, name: string): Element[] =>
  element.children.filter((child) => child.name === name)

/** The text of an element down a path of names; undefined when there is none. */
export function textAt(element: Element | undefined, ...path: string[]): string | undefined {
  const found = path.reduce<Element | undefined>(
    (at, name) => at?.children.find((child) => child.name === name),
    element,
  )
  return found?.text
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
