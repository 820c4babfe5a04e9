import type { Json } from '@kontor/core'
import { emptyFile } from './csv-read.ts'
import { FileFault } from './fault.ts'
import type { HeaderRules } from './header.ts'
import type { Cell, Row } from './row.ts'

/** A JSON file is held in memory whole; more than this is for JSON Lines. */
const maxJsonCharacters = 50_000_000
const maxLineCharacters = 1_000_000

/** The rows of a JSON file: an array of objects, or one object. */
export async function* jsonRows(text: AsyncIterable<string>, rules: HeaderRules): AsyncGenerator<Row> {
  let whole = ''
  for await (const part of text) {
    whole += part
    if (whole.length > maxJsonCharacters)
      throw new FileFault({
        line: 0,
        column: '',
        found: 'a JSON file of more than 50 million characters',
        expected: 'smaller files, or JSON Lines (one object a line, name ending .jsonl)',
      })
  }
  if (whole.trim() === '') throw emptyFile()
  const value = parsed(whole, 0)
  let index = 0
  for (const [place, each] of (Array.isArray(value) ? value : [value]).entries())
    for (const row of rowsOf(each, place + 1, rules)) yield { ...row, index: ++index }
}

/** The rows of a JSON Lines file: one object a line. A line that is no JSON is broken alone. */
export async function* jsonLinesRows(text: AsyncIterable<string>, rules: HeaderRules): AsyncGenerator<Row> {
  let [index, line, any] = [0, 0, false]
  for await (const each of lines(text)) {
    line += 1
    if (each.trim() === '') continue
    any = true
    for (const row of lineRows(each, line, rules)) yield { ...row, index: ++index }
  }
  if (!any) throw emptyFile()
}

function lineRows(text: string, line: number, rules: HeaderRules): Omit<Row, 'index'>[] {
  try {
    return rowsOf(parsed(text, line), line, rules)
  } catch {
    return [brokenRow(line, 'a line that is no JSON', 'one JSON object a line')]
  }
}

async function* lines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  let line = 1
  for await (const part of text) {
    const found = (rest + part).split('\n')
    rest = found.pop() ?? ''
    line += found.length
    if (rest.length > maxLineCharacters)
      throw new FileFault({
        line,
        column: '',
        found: 'a line of more than a million characters',
        expected: 'one object a line',
      })
    yield* found
  }
  if (rest !== '') yield rest
}

type JsonObject = { readonly [key: string]: Json }
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What one JSON value says: a document of our own form (it names its `entity`), or a flat object whose keys are read as headers are;
 * `lines` may hold further objects, one per line item.
 */
function rowsOf(value: Json, line: number, rules: HeaderRules): Omit<Row, 'index'>[] {
  if (!isObject(value)) return [brokenRow(line, 'a value that is no object', 'an object')]
  if (value['entity'] === rules.entity) return [{ line, cells: new Map(), document: value }]
  const { lines: members, ...rest } = value
  const own = cellsOf(rest, line, rules)
  if (!Array.isArray(members) || members.length === 0) return [own]
  return members.map((member: Json) => {
    if (!isObject(member)) return brokenRow(line, 'a member of "lines" that is no object', 'objects', 'lines')
    const inner = cellsOf(member, line, rules)
    return { ...own, ...inner, cells: new Map([...own.cells, ...inner.cells]) }
  })
}

const brokenRow = (line: number, found: string, expected: string, column = ''): Omit<Row, 'index'> => ({
  line,
  cells: new Map(),
  broken: { column, found, expected },
})

function cellsOf(value: JsonObject, line: number, rules: HeaderRules): Omit<Row, 'index'> {
  const cells = new Map<string, Cell>()
  for (const [column, member] of Object.entries(value)) {
    const field = rules.fieldOf(column)
    if (field === undefined || member === null || member === '') continue
    if (typeof member === 'object') return { ...brokenRow(line, 'an object or a list', 'a plain value', column), cells }
    cells.set(field, { text: String(member).trim(), column })
  }
  return { line, cells }
}

/** Numbers keep the digits they were written with: an order number of 20 digits is no float. */
const asWritten = function (_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new WrittenNumber(context.source) : value
}
class WrittenNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function parsed(text: string, line: number): Json {
  try {
    return unwrapped(JSON.parse(text, asWritten))
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    throw new FileFault({
      line,
      column: '',
      found: 'text that is no JSON',
      expected: 'JSON: an array of objects, or one object',
    })
  }
}

/** In a document of ours a number is a number; anywhere else it is the text that was written. */
function unwrapped(value: unknown, canonical = false): Json {
  if (value instanceof WrittenNumber) return canonical ? Number(value.text) : value.text
  if (Array.isArray(value)) return value.map((each) => unwrapped(each, canonical))
  if (typeof value === 'object' && value !== null) {
    const ours = canonical || ('entity' in value && typeof value.entity === 'string')
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unwrapped(member, ours)]))
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}
