import { once } from 'node:events'
import { createServer } from 'node:http'

/** A host that no plugin may talk to. Everything that comes is written down. */
export interface TrapServer {
  readonly origin: string
  readonly visits: readonly {
    method: string
    url: string
    headers: Readonly<Record<string, string | string[] | undefined>>
  }[]
  close(): Promise<void>
}

export async function openTrap(): Promise<TrapServer> {
  const visits: { method: string; url: string; headers: Record<string, string | string[] | undefined> }[] = []
  const server = createServer((request, response) => {
    visits.push({ method: request.method ?? '', url: request.url ?? '', headers: { ...request.headers } })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the trap has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    visits,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
