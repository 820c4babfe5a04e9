import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import type { FaultAction, FaultName } from './fault-schema.ts'

/** How a body goes over the wire. */
export interface WirePlan {
  readonly pieces: Iterable<Buffer> | AsyncIterable<Buffer>
  /** Absent: each piece is a chunk of its own (`transfer-encoding: chunked`), so that the reader gets them one by one. */
  readonly contentLength?: number
  /** The connection is cut after the pieces. */
  readonly cut: boolean
}

type Plan<Action> = (action: Action, body: Buffer) => WirePlan

/** The faults that act on the bytes of an answer. */
const PLANS: { readonly [Name in FaultName]?: Plan<Extract<FaultAction, { do: Name }>> } = {
  cutBody: (_, body) => ({
    pieces: [body.subarray(0, Math.floor(body.length / 2))],
    contentLength: body.length,
    cut: true,
  }),
  slowBody: (action, body) => ({
    pieces: slowly(evenly(body, action.chunks), action.pauseMs),
    contentLength: body.length,
    cut: false,
  }),
  splitUtf8: (_, body) => ({ pieces: turnByTurn(insideCharacters(body)), cut: false }),
  hugeBody: (action, body) => ({
    pieces: padded(body, action.bytes),
    contentLength: Math.max(action.bytes, body.length),
    cut: false,
  }),
}

export function planWire(action: FaultAction, body: Buffer): WirePlan | undefined {
  const plan: Plan<never> | undefined = PLANS[action.do]
  // The row was chosen by the action's own name, so the action is of the row's type.
  return plan?.(action as never, body)
}

function evenly(body: Buffer, count: number): Buffer[] {
  const size = Math.max(1, Math.ceil(body.length / count))
  return Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
    body.subarray(index * size, (index + 1) * size),
  )
}

async function* slowly(pieces: readonly Buffer[], pauseMs: number): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    await pause(pauseMs)
    yield piece
  }
}

async function* turnByTurn(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    yield piece
    await turn()
  }
}

/** So many cuts are enough to prove a reader wrong, and more would make a large body crawl. */
const MOST_CUTS = 64

/** Cuts behind the first byte of characters of two bytes and more. */
function insideCharacters(body: Buffer): Buffer[] {
  const cuts: number[] = []
  for (let index = 0; index < body.length - 1 && cuts.length < MOST_CUTS; index += 1) {
    if ((body[index] ?? 0) >= 0xc2) cuts.push(index + 1)
  }
  return [0, ...cuts].map((start, index) => body.subarray(start, cuts[index] ?? body.length))
}

const PADDING = Buffer.alloc(65_536, ' ')

/** Blanks before the body up to `bytes` in all: a JSON document stays valid, it is only too much. */
function* padded(body: Buffer, bytes: number): Generator<Buffer> {
  for (let left = bytes - body.length; left > 0; left -= PADDING.length)
    yield PADDING.subarray(0, Math.min(left, PADDING.length))
  yield body
}
