/** The fetch as it was before anybody could replace it. */
const realFetch = globalThis.fetch

export interface TappedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
}

export interface WireHooks {
  /** Before the first byte. What it throws is what the caller gets. */
  before?(request: TappedRequest): Promise<void> | void
  /** When the answer's head has arrived. */
  after?(request: TappedRequest, response: Response): Promise<Response> | Response
}

/** Between a plugin's HTTP client and the network: sees every request, and may hold, change or end it. */
export interface WireTap {
  readonly fetch: typeof fetch
  readonly requests: readonly TappedRequest[]
  /** Requests without an answer yet. */
  readonly open: number
  /** Counts up at every beginning and end of a request. */
  readonly activity: number
  hooks: WireHooks
}

export function createWireTap(hooks: WireHooks = {}): WireTap {
  const requests: TappedRequest[] = []
  let open = 0
  let activity = 0
  const tap: WireTap = {
    requests,
    hooks,
    get open() {
      return open
    },
    get activity() {
      return activity
    },
    async fetch(input, init) {
      const request = describe(input, init)
      requests.push(request)
      open += 1
      activity += 1
      try {
        await tap.hooks.before?.(request)
        const response = await realFetch(input, init)
        return (await tap.hooks.after?.(request, response)) ?? response
      } finally {
        open -= 1
        activity += 1
      }
    },
  }
  return tap
}

function describe(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): TappedRequest {
  const request = input instanceof Request ? input : undefined
  return {
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    url: input instanceof Request ? input.url : new URL(input).href,
    headers: new Headers(init?.headers ?? request?.headers),
  }
}
