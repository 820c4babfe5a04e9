import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** The network between a runner and its database, which can be cut. */
export interface Network extends AsyncDisposable {
  port: number
  /** `open`; `cut`: connections are reset and new ones refused; `silent`: nothing comes through, and nobody says so. */
  is: (state: 'open' | 'cut' | 'silent') => void
}

export async function startNetwork(target: number): Promise<Network> {
  let state: 'open' | 'cut' | 'silent' = 'open'
  const pairs = new Set<readonly [Socket, Socket]>()
  const flow = (): void => {
    for (const [near, far] of pairs)
      for (const socket of [near, far]) {
        if (state === 'cut') socket.resetAndDestroy()
        else if (state === 'silent') socket.pause()
        else socket.resume()
      }
  }
  const server = createServer((near) => {
    if (state === 'cut') return void near.resetAndDestroy()
    const far = connect(target, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    near.on('data', (data) => far.write(data))
    far.on('data', (data) => near.write(data))
    for (const socket of pair)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          pairs.delete(pair)
          near.destroy()
          far.destroy()
        })
    flow()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    is(next) {
      state = next
      flow()
    },
    async [Symbol.asyncDispose]() {
      state = 'cut'
      flow()
      await new Promise((closed) => server.close(closed))
    },
  }
}
