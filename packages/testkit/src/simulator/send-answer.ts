import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import type { Exchange } from './exchanges.ts'
import { planWire } from './fault-wire.ts'
import type { DrawnFault } from './faults.ts'

type Ended = Exchange['ended']

/** Ends the connection without an answer: with an RST (`reset`) or in order (`close`). */
export function cutConnection(response: ServerResponse, how: 'reset' | 'close'): Ended {
  const { socket } = response
  if (socket === null || socket.destroyed) return 'abandoned'
  if (how === 'reset') socket.resetAndDestroy()
  else socket.destroy()
  return 'cut'
}

/** Sends the exchange's answer as its faults want it sent. */
export async function sendAnswer(
  response: ServerResponse,
  exchange: Exchange,
  drawn: readonly DrawnFault[],
  act: (fault: DrawnFault) => void,
  gone: AbortSignal,
): Promise<Ended> {
  if (gone.aborted) return 'abandoned'
  const { method, status = 200, responseHeaders, responseBody } = exchange
  const bare = method === 'HEAD' || status === 204 || status === 304
  const fault = bare ? undefined : drawn.find(({ action }) => planWire(action, responseBody) !== undefined)
  if (fault !== undefined) act(fault)
  const faulty = fault === undefined ? undefined : planWire(fault.action, responseBody)
  const plan = faulty ?? { pieces: [responseBody], contentLength: responseBody.length, cut: false }

  const withLength = plan.contentLength !== undefined && status !== 204 && status !== 304
  response.writeHead(status, {
    ...responseHeaders,
    ...(withLength ? { 'content-length': String(plan.contentLength) } : {}),
  })
  for await (const piece of bare ? [] : plan.pieces) {
    if (gone.aborted) return 'abandoned'
    if (piece.length > 0 && !response.write(piece))
      await once(response, 'drain', { signal: gone }).catch(() => undefined)
  }
  if (!plan.cut) return await end(response, gone)
  // The half must have left before the cut, else the reader sees no answer at all.
  await turn()
  await turn()
  return cutConnection(response, 'close')
}

async function end(response: ServerResponse, gone: AbortSignal): Promise<Ended> {
  const finished = once(response, 'finish', { signal: gone }).then(
    () => true,
    () => false,
  )
  response.end()
  return (await finished) ? 'answered' : 'abandoned'
}
