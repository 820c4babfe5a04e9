import { toInstant, type KontorError } from '@kontor/core'
import { forecast, type Forecast } from '../loyalty/forecast.ts'
import { readWindow } from './backfill.ts'
import type { Engine } from './engine.ts'
import { keepLedger } from './ledger.ts'
import { ledgerInput, type LoyaltyPlan } from './ledger-facts.ts'
import { readerSpecs } from './office.ts'
import { openEngine, openExistingStore, type EngineOptions } from './open-engine.ts'
import { copyOf } from './plan.ts'
import { ordersOf } from './rebuild.ts'
import type { Progress } from './scheduler.ts'

export interface PointsWindow {
  from: number
  to: number
}

export interface PointsBackfill {
  /** Orders of the window that are known. */
  orders: number
  /** Those for which something is to be booked. */
  planned: Forecast[]
  failures: KontorError[]
}

/**
 * Reads the orders and refunds of a past window and states the points they should have; a runner books them. Orders that have their points
 * already are left as they are, so it may be repeated. With `plan` all of it happens on a copy of the store, and nothing is stated.
 */
export async function backfillPoints(
  options: EngineOptions & { signal: AbortSignal; progress?: Progress },
  window: PointsWindow,
  plan: boolean,
): Promise<PointsBackfill> {
  if (!plan) {
    await using opened = await openEngine({ ...options, priority: 'last' })
    return await readAndState(opened.engine, options, window, true)
  }
  const live = await openExistingStore(options.config, options.clock)
  try {
    await using copy = await copyOf(live, options.clock)
    await using opened = await openEngine({ ...options, planned: [], store: copy, buckets: live ?? copy })
    return await readAndState(opened.engine, options, window, false)
  } finally {
    await live?.close()
  }
}

async function readAndState(
  engine: Engine,
  options: { signal: AbortSignal; progress?: Progress },
  window: PointsWindow,
  states: boolean,
): Promise<PointsBackfill> {
  const result: PointsBackfill = { orders: 0, planned: [], failures: [] }
  for (const plan of engine.loyalty) {
    result.failures.push(...(await readShop(engine, plan, options, window)))
    for await (const { lane, id } of ordersOf(engine.store.db, plan.shop, window)) {
      options.signal.throwIfAborted()
      result.orders += 1
      const input = await ledgerInput(engine.store.db, plan, lane, engine.clock.now())
      const planned = input && forecast(input)
      if (!planned || planned.bookings.length === 0) continue
      result.planned.push(planned)
      if (states)
        await engine.store.write((tx) =>
          keepLedger(engine, tx, { connection: plan.shop, id }, { run: 0, begins: true }),
        )
    }
  }
  return result
}

/** Refunds of orders of the window may have come until today. */
async function readShop(
  engine: Engine,
  { shop }: LoyaltyPlan,
  { signal, progress }: { signal: AbortSignal; progress?: Progress },
  { from, to }: PointsWindow,
): Promise<KontorError[]> {
  const office = engine.offices.get(shop)
  const paused = engine.paused.get(shop)
  if (!office || paused) return paused ? [paused] : []
  const failures: KontorError[] = []
  const now = engine.clock.now()
  for (const [reader, spec] of readerSpecs(office)) {
    if (!spec.yields.includes('orders') && !spec.yields.includes('refunds')) continue
    const until = spec.yields.includes('orders') ? to : now
    const done = await readWindow(engine, {
      office,
      reader,
      spec,
      since: toInstant(from),
      until: toInstant(until),
      signal,
      backfill: { name: `points ${toInstant(from)} to ${toInstant(until)}`, deliver: false },
      progress: (counts) => progress?.({ kind: 'pull', connection: shop, part: reader, ...counts }),
    })
    if (done?.error) failures.push(done.error)
  }
  return failures
}
