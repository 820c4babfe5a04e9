import {
  parseFault,
  type Fault,
  type FaultAction,
  type FaultInput,
  type FaultMatch,
  type FaultName,
} from './fault-schema.ts'
import { compilePath, type PathPattern } from './path-pattern.ts'
import type { Random } from './random.ts'
import type { SimulatorRequest } from './request.ts'

/** That a fault has done its work on a request. */
export interface FiredFault {
  /** Simulated instant, ISO 8601. */
  readonly at: string
  readonly fault: number
  readonly do: FaultName
  readonly method: string
  readonly path: string
}

export interface FaultHandle {
  readonly id: number
  /** How often it has fired. */
  readonly fired: number
  /** Resolves when it has fired `times` times in all (default: once). A `hang` with an effect fires when the effect has happened. */
  whenFired(times?: number): Promise<FiredFault>
  remove(): void
}

/** The faults of a running simulator. Several may touch one request: delays add up, and the first answer in place of the real one wins. */
export interface FaultSwitchboard {
  /** Throws a `ZodError` for a fault that cannot be read. */
  add(fault: FaultInput): FaultHandle
  remove(id: number): boolean
  clear(): void
  list(): ({ id: number; fired: number; match: FaultMatch } & FaultAction)[]
  /** All that has fired, removed ones included. */
  readonly fired: readonly FiredFault[]
}

/** A fault that touches the request at hand. */
export interface DrawnFault {
  readonly action: FaultAction
  /** Tells that it has now done its work. */
  record(): void
}

export interface FaultDrawer extends FaultSwitchboard {
  draw(request: SimulatorRequest): DrawnFault[]
}

interface Entry extends Fault {
  readonly id: number
  readonly pattern: PathPattern | undefined
  seen: number
  drawn: number
  readonly fired: FiredFault[]
  waiting: { times: number; resolve: (fired: FiredFault) => void }[]
}

export function createFaultSwitchboard(now: () => string, random: Random): FaultDrawer {
  const entries = new Map<number, Entry>()
  const allFired: FiredFault[] = []
  let lastId = 0

  function record(entry: Entry, request: SimulatorRequest): void {
    const fired = { at: now(), fault: entry.id, do: entry.action.do, method: request.method, path: request.path }
    entry.fired.push(fired)
    allFired.push(fired)
    for (const waiter of entry.waiting) if (waiter.times <= entry.fired.length) waiter.resolve(fired)
    entry.waiting = entry.waiting.filter((waiter) => waiter.times > entry.fired.length)
  }

  return {
    add(input) {
      const fault = parseFault(input)
      const pattern = fault.match.path === undefined ? undefined : compilePath(fault.match.path)
      const entry: Entry = { ...fault, id: (lastId += 1), pattern, seen: 0, drawn: 0, fired: [], waiting: [] }
      entries.set(entry.id, entry)
      return {
        id: entry.id,
        get fired() {
          return entry.fired.length
        },
        whenFired(times = 1) {
          const already = entry.fired[times - 1]
          if (already !== undefined) return Promise.resolve(already)
          return new Promise((resolve) => entry.waiting.push({ times, resolve }))
        },
        remove: () => void entries.delete(entry.id),
      }
    },
    remove: (id) => entries.delete(id),
    clear: () => entries.clear(),
    list: () =>
      [...entries.values()].map(({ id, fired, match, action }) => ({ id, fired: fired.length, match, ...action })),
    fired: allFired,
    draw: (request) =>
      [...entries.values()]
        .filter((entry) => touches(entry, request, random))
        .map((entry) => ({ action: entry.action, record: () => record(entry, request) })),
  }
}

function touches(entry: Entry, request: SimulatorRequest, random: Random): boolean {
  const { method, body, nth, every, times, probability } = entry.match
  if (method !== undefined && method.toUpperCase() !== request.method) return false
  if (entry.pattern !== undefined && entry.pattern.match(request.path, request.query) === undefined) return false
  if (body !== undefined && !request.body.includes(body)) return false
  entry.seen += 1
  if (nth !== undefined && entry.seen !== nth) return false
  if (every !== undefined && entry.seen % every !== 0) return false
  if (times !== undefined && entry.drawn >= times) return false
  if (probability !== undefined && !random.chance(probability)) return false
  entry.drawn += 1
  return true
}
