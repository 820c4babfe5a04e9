import diagnostics from 'node:diagnostics_channel'

/** Sees every HTTP request that leaves this process, whoever makes it: Node's fetch, its http module, an undici of one's own. */
export interface NetworkWitness {
  readonly seen: number
  stop(): void
}

const CHANNELS = ['undici:request:create', 'http.client.request.start'] as const

export function witnessNetwork(): NetworkWitness {
  let seen = 0
  const count = (): void => {
    seen += 1
  }
  for (const channel of CHANNELS) diagnostics.subscribe(channel, count)
  return {
    get seen() {
      return seen
    },
    stop() {
      for (const channel of CHANNELS) diagnostics.unsubscribe(channel, count)
    },
  }
}
