import { toInstant } from '@kontor/core'
import { storedCache } from '../store/cache.ts'
import { lateOrders, type LateOrder } from '../store/late.ts'
import type { Engine } from './engine.ts'

/** How long before its ship-by time an order that is still here is warned of, where the connection says nothing. */
export const defaultShipByWarningMs = 4 * 3_600_000
const rememberedMs = 60 * 24 * 3_600_000

/** Warns of each order that soon has to leave, and again when its time has passed: once each, whoever runs. */
export async function warnOfLateOrders(engine: Engine): Promise<readonly LateOrder[]> {
  const now = engine.clock.now()
  const warned: LateOrder[] = []
  for (const office of engine.offices.values()) {
    const cache = storedCache(engine.store, office.name)
    const ahead = office.shipByWarningMs ?? defaultShipByWarningMs
    for (const late of await lateOrders(engine.store, now + ahead, office.name)) {
      const stage = late.shipBy <= now ? 'passed' : 'soon'
      const key = `ship-by ${late.id} ${late.shipBy} ${stage}`
      if ((await cache.get(key)) !== undefined) continue
      await cache.set(key, true, rememberedMs)
      warned.push(late)
      const words = stage === 'soon' ? 'has to leave soon' : 'ought to have left'
      const text = `Order ${late.key} ${words}: ${late.open} to ship. "kontor trace ${late.key}" shows where it is.`
      engine.log.warn(text, { connection: office.name, order: late.id, shipBy: toInstant(late.shipBy) })
      await engine.notify({ text, event: 'warning', connection: office.name, code: undefined })
    }
  }
  return warned
}
