import type { Parameter, Splitting } from './operations.ts'

export interface ReadParameters {
  /** By parameter name: text, a list of texts, or an object of texts. Absent ones are absent. */
  readonly values: Record<string, unknown>
  /** Names that no parameter takes. */
  readonly unknown: readonly string[]
}

const SEPARATORS: Readonly<Record<Exclude<Splitting, 'none' | 'multi' | 'deepObject' | 'json'>, string>> = {
  csv: ',',
  ssv: ' ',
  tsv: '\t',
  pipes: '|',
}

/** The values of the declared query parameters, split the way the specification says. */
export function readQuery(parameters: readonly Parameter[], query: URLSearchParams): ReadParameters {
  const left = new Set(query.keys())
  const values: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const { value, taken } = readOne(parameter, query)
    if (value !== undefined) values[parameter.name] = value
    for (const name of taken) left.delete(name)
  }
  return { values, unknown: [...left] }
}

/** One text as the parameter's value: split, parsed or as it is. */
export function splitValue(text: string, splitting: Splitting): unknown {
  if (splitting === 'json') return parseJson(text)
  if (splitting === 'none' || splitting === 'deepObject') return text
  if (splitting === 'multi') return [text]
  return text === '' ? [] : text.split(SEPARATORS[splitting])
}

function readOne({ name, splitting }: Parameter, query: URLSearchParams): { value: unknown; taken: readonly string[] } {
  if (splitting === 'deepObject') return readDeepObject(name, query)
  if (!query.has(name)) return { value: undefined, taken: [] }
  const all = query.getAll(name)
  const value = splitting === 'multi' ? all : all.length > 1 ? all : splitValue(all[0] ?? '', splitting)
  return { value, taken: [name] }
}

function readDeepObject(name: string, query: URLSearchParams): { value: unknown; taken: readonly string[] } {
  const entries = [...query].flatMap(([key, text]) => {
    const [, outer, inner] = /^([^[]+)\[([^\]]+)\]$/.exec(key) ?? []
    return outer === name && inner !== undefined ? [{ key, inner, text }] : []
  })
  if (entries.length === 0) return { value: undefined, taken: [] }
  return {
    value: Object.fromEntries(entries.map(({ inner, text }) => [inner, text])),
    taken: entries.map(({ key }) => key),
  }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
