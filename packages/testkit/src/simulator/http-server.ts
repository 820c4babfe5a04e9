import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequest, type SimulatorRequest } from './request.ts'

/** Takes a request with its whole body. `gone` aborts when the caller has left or the server closes. */
type OnRequest = (request: SimulatorRequest, response: ServerResponse, gone: AbortSignal) => Promise<void>

export interface OpenServer {
  readonly port: number
  /** To be called in the same turn in which the server opened. */
  serve(onRequest: OnRequest, onFailure: (failure: unknown) => void): void
  /** Ends every connection. */
  close(): Promise<void>
}

/** An HTTP server on 127.0.0.1; port 0 takes a free one. */
export async function openServer(port: number): Promise<OpenServer> {
  const server = createServer()
  // Callers keep connections alive; the simulator ends them when it closes, never in the middle of a test.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const open = new Set<AbortController>()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    serve(onRequest, onFailure) {
      server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
        const gone = new AbortController()
        open.add(gone)
        response.once('close', () => {
          open.delete(gone)
          gone.abort()
        })
        void takeRequest(incoming, response, gone.signal, onRequest).catch((failure: unknown) => {
          onFailure(failure)
          response.destroy()
        })
      })
    },
    async close() {
      for (const gone of open) gone.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function takeRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
  onRequest: OnRequest,
): Promise<void> {
  const body = await readBody(incoming)
  // The caller left before the end of its request: nothing was asked.
  if (body === undefined) return
  const { method = 'GET', url = '/', rawHeaders } = incoming
  await onRequest(createRequest({ method, target: url, rawHeaders, body }), response, gone)
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}
