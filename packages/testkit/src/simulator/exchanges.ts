import { compilePath } from './path-pattern.ts'

/** One request and what became of it. Bodies are as on the wire. */
export interface Exchange {
  /** Counts from 1 over the simulator's life. */
  readonly index: number
  /** Simulated instant of the request, ISO 8601. */
  readonly at: string
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: Buffer
  /** The pattern of the route that took it; absent for an unknown one. */
  readonly route?: string
  /** What was answered; absent when nothing was. */
  readonly status?: number
  readonly responseHeaders: Readonly<Record<string, string | string[]>>
  readonly responseBody: Buffer
  /** The faults that touched it, in order. */
  readonly faults: readonly string[]
  /** The limit that refused it. */
  readonly limit?: string
  /** `cut`: the connection was ended on purpose; `abandoned`: the caller left, or the simulator closed, before the answer. */
  readonly ended: 'answered' | 'cut' | 'abandoned'
}

export interface ExchangeFilter {
  readonly method?: string
  /** A path pattern: `/ws/orders/:id`, or with query conditions. */
  readonly path?: string
}

/** The recorded traffic, oldest first. */
export interface ExchangeLog {
  readonly all: readonly Exchange[]
  /** How many there were, those that the ring has dropped included. */
  readonly total: number
  find(filter?: ExchangeFilter): Exchange[]
  /** How many of the kept ones fit. */
  count(filter?: ExchangeFilter): number
  clear(): void
}

export interface ExchangeRecorder extends ExchangeLog {
  nextIndex(): number
  add(exchange: Exchange): void
}

/** Keeps the newest `keep` exchanges, or all. */
export function createExchangeRecorder(keep: number | 'all'): ExchangeRecorder {
  let kept: Exchange[] = []
  let started = 0
  const capacity = keep === 'all' ? Number.POSITIVE_INFINITY : keep
  const find = (filter: ExchangeFilter = {}): Exchange[] => kept.filter(matcherOf(filter))
  return {
    get all() {
      return kept
    },
    get total() {
      return started
    },
    find,
    count: (filter) => find(filter).length,
    clear() {
      kept = []
    },
    nextIndex: () => (started += 1),
    add(exchange) {
      kept.push(exchange)
      // Cut in one go now and then: shifting a long list at every request would cost more than it keeps.
      if (kept.length >= capacity * 1.5) kept = kept.slice(-capacity)
    },
  }
}

function matcherOf({ method, path }: ExchangeFilter): (exchange: Exchange) => boolean {
  const pattern = path === undefined ? undefined : compilePath(path)
  return (exchange) => {
    if (method !== undefined && exchange.method !== method.toUpperCase()) return false
    return pattern === undefined || pattern.match(exchange.path, new URLSearchParams(exchange.query)) !== undefined
  }
}
