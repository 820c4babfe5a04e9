import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import {
  AddedSchema,
  ErrorSchema,
  ExchangesSchema,
  FiredSchema,
  LimitsSchema,
  NowSchema,
  StateSchema,
  TruthSchema,
} from './control-schemas.ts'
import { CONTROL_PREFIX } from './control.ts'
import type { Exchange, ExchangeFilter } from './exchanges.ts'
import type { FaultInput } from './fault-schema.ts'
import type { FiredFault } from './faults.ts'
import type { LimitState } from './limits.ts'
import { messageOf } from './request.ts'
import { reportTruth, type TruthReport } from './truth.ts'

export type SimulatorState = z.output<typeof StateSchema>

/** Steers and questions a simulator in another process. Every method rejects with what the simulator said when it refuses. */
export interface SimulatorClient {
  readonly url: string
  state(): Promise<SimulatorState>
  truth(): Promise<TruthReport>
  /** The world as JSON can say it. */
  world(): Promise<unknown>
  limits(): Promise<LimitState[]>
  changeLimit(name: string, to: { limit?: number; perMs?: number }): Promise<LimitState[]>
  exchanges(filter?: ExchangeFilter): Promise<{ total: number; count: number; exchanges: Exchange[] }>
  readonly faults: {
    add(fault: FaultInput): Promise<number>
    remove(id: number): Promise<void>
    clear(): Promise<void>
    fired(): Promise<FiredFault[]>
    /** Resolves when the fault has fired so often; asks every 5 ms. Rejects after `timeoutMs` (default 10 s). */
    whenFired(id: number, settings?: { times?: number; timeoutMs?: number }): Promise<FiredFault>
  }
  /** Resolves to the simulated time after it. */
  advance(ms: number): Promise<string>
  setRate(rate: number | 'manual'): Promise<string>
  act(name: string, input?: unknown): Promise<unknown>
  /** Resolves when the simulator answers. Rejects after `timeoutMs` (default 10 s). */
  whenUp(timeoutMs?: number): Promise<SimulatorState>
}

export function simulatorClient(url: string): SimulatorClient {
  const base = url.replace(/\/+$/, '')

  async function call<T>(schema: z.ZodType<T>, method: string, path: string, input?: unknown): Promise<T> {
    const response = await fetch(`${base}${CONTROL_PREFIX}${path}`, {
      method,
      ...(input === undefined ? {} : { body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }),
    })
    const answer: unknown = await response.json()
    if (!response.ok)
      throw new Error(`the simulator at ${base} refused ${method} ${path}: ${ErrorSchema.parse(answer).error}`)
    return schema.parse(answer)
  }

  const client: SimulatorClient = {
    url: base,
    state: () => call(StateSchema, 'GET', 'state'),
    truth: async () => reportTruth((await call(TruthSchema, 'GET', 'truth')).effects),
    world: () => call(z.unknown(), 'GET', 'world'),
    limits: async () => (await call(LimitsSchema, 'GET', 'limits')).limits,
    changeLimit: async (name, to) =>
      (await call(LimitsSchema, 'PATCH', `limits/${encodeURIComponent(name)}`, to)).limits,
    exchanges: (filter = {}) =>
      call(ExchangesSchema, 'GET', `exchanges?${new URLSearchParams({ ...filter, bodies: '1' }).toString()}`),
    faults: {
      add: async (fault) => (await call(AddedSchema, 'POST', 'faults', fault)).id,
      remove: async (id) => void (await call(z.unknown(), 'DELETE', `faults/${id}`)),
      clear: async () => void (await call(z.unknown(), 'DELETE', 'faults')),
      fired: async () => (await call(FiredSchema, 'GET', 'faults')).fired,
      whenFired: (id, { times = 1, timeoutMs = 10_000 } = {}) =>
        poll(`fault ${id} did not fire ${times} time(s)`, timeoutMs, async () => {
          const fired = await client.faults.fired()
          return fired.filter(({ fault }) => fault === id)[times - 1]
        }),
    },
    advance: async (ms) => (await call(NowSchema, 'POST', 'clock/advance', { ms })).now,
    setRate: async (rate) => (await call(NowSchema, 'POST', 'clock/rate', { rate })).now,
    act: (name, input) => call(z.unknown(), 'POST', `act/${encodeURIComponent(name)}`, input),
    whenUp: (timeoutMs = 10_000) =>
      poll(`no simulator answers at ${base}`, timeoutMs, () => client.state().catch(() => undefined)),
  }
  return client
}

async function poll<T>(failure: string, timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const result = await ask().catch((error: unknown) =>
      Promise.reject(new Error(`${failure}: ${messageOf(error)}`, { cause: error })),
    )
    if (result !== undefined) return result
    if (performance.now() > deadline) throw new Error(`${failure} within ${timeoutMs} ms`)
    await pause(5)
  }
}
