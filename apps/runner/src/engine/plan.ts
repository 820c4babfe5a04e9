import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KontorError, type Clock, type Effect, type StoredError } from '@kontor/core'
import type { Journal } from '@kontor/core/host'
import type { Forecast } from '../loyalty/forecast.ts'
import { copyStore } from '../store/move.ts'
import { openStore } from '../store/open.ts'
import { listDeliveries, type DeliveryView } from '../store/queries.ts'
import type { DeliveryRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { plannedPoints } from './planned-points.ts'
import { stayingOrders, type StayingOrders } from './plan-orders.ts'
import { plannedStates, type PlannedState } from './plan-states.ts'

/** A call that would have been sent. */
export interface PlannedCall {
  connection: string
  doing: string
  method: string
  url: string
  effect: Exclude<Effect, 'none'>
  /** Keys of the deliveries it would have been made for. */
  keys: readonly string[]
}

/** In plan mode every call with an effect is shown instead of sent. The plan cannot disagree with the write: it is the write, up to here. */
export const planJournal = (connection: string, planned: PlannedCall[]): Journal => ({
  async begin(keys, { doing, method, url, effect }) {
    planned.push({ connection, doing, method, url, effect, keys })
    throw new KontorError('PLAN_MODE', { message: `Would ${doing}.` })
  },
})

/** After a call that was only shown: what it was for is set aside, the rest of the batch is tried at once. */
export async function setAside(store: Store, rows: readonly DeliveryRow[], shown: ReadonlySet<string>): Promise<void> {
  const some = rows.filter((row) => row.try_key !== null && shown.has(row.try_key))
  // A call that names no delivery stands for its whole batch.
  const aside = new Set(some.length > 0 ? some : rows)
  await store.write(async (tx) => {
    for (const row of rows)
      await tx
        .updateTable('deliveries')
        .set({
          state: aside.has(row) ? 'skipped' : 'pending',
          due_at: store.clock.now(),
          owner: null,
          claim_until: 0,
          updated_at: store.clock.now(),
        })
        .where('destination', '=', row.destination)
        .where('source', '=', row.source)
        .where('entity', '=', row.entity)
        .where('id', '=', row.id)
        .execute()
  })
}

/** A copy of the store in a folder of its own, on which a plan may work as it likes; an empty one where nothing has run yet. */
export async function copyOf(store: Store | undefined, clock: Clock): Promise<Store & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-plan-'))
  const key = store ? { key: store.sealer.exportKey() } : {}
  const copy = await openStore({ path: join(folder, 'kontor.db'), clock, ...key })
  if (store) await copyStore(store, copy)
  return Object.assign(copy, {
    async [Symbol.asyncDispose]() {
      await copy.close()
      rmSync(folder, { recursive: true, force: true })
    },
  })
}

export interface Plan {
  /** Records that would be new or changed, by connection and entity. */
  reads: { connection: string; part: string; read: number; changed: number; rejected: number }[]
  calls: PlannedCall[]
  /** What could not be read or asked; the plan is not whole then. */
  failures: StoredError[]
  /** Stock and prices that would change, SKU by SKU. */
  states: PlannedState[]
  /** Deliveries that would be sent, with what their writer says against it where it would refuse. */
  deliveries: DeliveryView[]
  /** Orders that were read and would go nowhere. */
  staying: StayingOrders[]
  /** Points that would be earned and taken back, by order. */
  points: Forecast[]
}

/** What the copy tells after it was run once. */
export async function readPlan(engine: Engine, since: number, calls: PlannedCall[]): Promise<Omit<Plan, 'failures'>> {
  const { store } = engine
  const runs = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('started_at', '>=', since)
    .where('kind', '!=', 'deliver')
    .execute()
  const touched = (await listDeliveries(store, { limit: 100_000 })).filter((each) => each.updatedAt >= since)
  return {
    reads: runs.map(({ connection, part, read, changed, rejected }) => ({ connection, part, read, changed, rejected })),
    calls,
    states: await plannedStates(engine, since),
    deliveries: touched,
    staying: await stayingOrders(engine, since),
    points: await plannedPoints(store, engine.loyalty, since),
  }
}
