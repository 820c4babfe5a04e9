import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Pair,
} from 'yaml'
import type { ConfigProblem, KeyPath, Place } from './problems.ts'

/** A YAML text as plain values, with the place of each. */
export interface YamlSource {
  file: string
  value: unknown
  problems: readonly ConfigProblem[]
  /** Where a value stands; for what is missing, the nearest key above it. `key`: where its name stands. */
  locate(path: KeyPath, what?: 'key' | 'value'): Place | undefined
}

export function parseYaml(text: string, file: string): YamlSource {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false })
  const at = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    return { line, column: col }
  }
  const problems = document.errors.map(({ message, pos }): ConfigProblem => ({
    level: 'error',
    code: 'CONFIG_INVALID',
    file,
    place: at(pos[0]),
    path: [],
    message: `This is no valid YAML: ${message}`,
  }))
  return {
    file,
    problems,
    value: problems.length > 0 ? undefined : document.toJS(),
    locate(path, what = 'value') {
      const offset = offsetOf(document, path, what)
      return offset === undefined ? undefined : at(offset)
    },
  }
}

function offsetOf(document: Document, path: KeyPath, what: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents
  let offset = rangeStart(node)
  for (const [depth, part] of path.entries()) {
    const step = stepInto(document, node, part)
    if (!step) return offset
    node = step.value
    const wanted = depth === path.length - 1 && what === 'key' ? step.key : (step.value ?? step.key)
    offset = rangeStart(wanted) ?? rangeStart(step.key) ?? offset
    // What is missing further down is best shown at the name of what it is missing from.
    if (depth < path.length - 1 && !hasChild(document, node, path[depth + 1])) return rangeStart(step.key) ?? offset
  }
  return offset
}

interface Step {
  key: unknown
  value: unknown
}

function stepInto(document: Document, node: unknown, part: string | number | undefined): Step | undefined {
  const here = isAlias(node) ? node.resolve(document) : node
  if (isSeq(here))
    return typeof part === 'number' && here.items[part] !== undefined
      ? { key: here.items[part], value: here.items[part] }
      : undefined
  if (!isMap(here)) return undefined
  const pair = here.items.find((each) => keyOf(each) === String(part))
  if (pair) return { key: pair.key, value: pair.value }
  const merged = here.items
    .filter((each) => isMergeKey(each.key))
    .flatMap(({ value }) => (isSeq(value) ? value.items : [value]))
  for (const each of merged) {
    const step = stepInto(document, each, part)
    if (step) return step
  }
  return undefined
}

const hasChild = (document: Document, node: unknown, part: string | number | undefined): boolean =>
  stepInto(document, node, part) !== undefined
const keyOf = (pair: Pair): string | undefined =>
  isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : typeof pair.key === 'string' ? pair.key : undefined
/** The library keeps the key `<<` of a merge as a symbol. */
const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && (key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<'))
const rangeStart = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)
