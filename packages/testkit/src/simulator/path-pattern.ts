/** The parameters a pattern names: `/orders/:id` has `id`, `/files/*path` has `path`. */
export type PathParams<Pattern extends string> = { readonly [Name in NamesIn<Pattern>]: string }

type NamesIn<Pattern extends string> = Pattern extends `${infer Path}?${string}`
  ? NamesIn<Path>
  : Pattern extends `${infer Segment}/${infer Rest}`
    ? NameOf<Segment> | NamesIn<Rest>
    : NameOf<Pattern>

type NameOf<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends `*${infer Name}`
    ? Exclude<Name, ''>
    : never

export interface PathPattern {
  readonly pattern: string
  /** The parameters (decoded) of a path that fits, else undefined. */
  match(path: string, query: URLSearchParams): Record<string, string> | undefined
  /** Sorts the more exact pattern first: literal before parameter before rest, more query conditions before fewer. */
  readonly rank: string
}

/**
 * A path with `:name` for one segment, `*name` at the end for all that is left, and query conditions where a vendor routes by the query:
 * `/sales_ws?action=getnewsales`.
 */
export function compilePath(pattern: string): PathPattern {
  const [path = '', conditionText = ''] = pattern.split('?', 2)
  if (!path.startsWith('/')) throw new SyntaxError(`path pattern "${pattern}" must begin with /`)
  const segments = path.slice(1).split('/')
  const conditions = [...new URLSearchParams(conditionText)]
  return {
    pattern,
    rank: `${segments.map(rankOf).join('')} ${String(99 - conditions.length).padStart(2, '0')}`,
    match(actual, query) {
      const params = matchSegments(segments, actual.slice(1).split('/'))
      return params !== undefined && conditions.every(([name, value]) => query.get(name) === value) ? params : undefined
    },
  }
}

function rankOf(segment: string): string {
  if (segment.startsWith('*')) return '2'
  return segment.startsWith(':') ? '1' : '0'
}

function matchSegments(segments: readonly string[], actual: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    if (segment.startsWith('*')) {
      if (segment !== '*') params[segment.slice(1)] = actual.slice(index).map(decode).join('/')
      return params
    }
    const value = actual[index]
    if (value === undefined) return undefined
    if (segment.startsWith(':') && value !== '') params[segment.slice(1)] = decode(value)
    else if (segment !== decode(value)) return undefined
  }
  return actual.length === segments.length ? params : undefined
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
