import { storedCache } from '../store/cache.ts'
import { lateOrders, noteShipBys, type LateOrder } from '../store/late.ts'
import type { Engine } from './engine.ts'

/** How long before its ship-by time an order that is still here is warned of, where the connection says nothing. */
const defaultShipByWarningMs = 4 * 3_600_000
const rememberedMs = 60 * 24 * 3_600_000

/** More than so many at once are told as one: after a weekend nobody reads a line for each. */
const onesMost = 3

/** Warns of orders that soon have to leave, and again when their time has passed: of each once, whoever runs. */
export async function warnOfLateOrders(engine: Engine): Promise<readonly LateOrder[]> {
  await noteShipBys(engine.store)
  const now = engine.clock.now()
  const warned: LateOrder[] = []
  for (const office of engine.offices.values()) {
    const cache = storedCache(engine.store, office.name)
    const ahead = office.shipByWarningMs ?? defaultShipByWarningMs
    const [soon, passed]: [LateOrder[], LateOrder[]] = [[], []]
    for (const late of await lateOrders(engine.store, now + ahead, office.name)) {
      const stage = late.shipBy <= now ? 'passed' : 'soon'
      const key = `ship-by ${late.id} ${late.shipBy} ${stage}`
      if ((await cache.get(key)) !== undefined) continue
      await cache.set(key, true, rememberedMs)
      ;(stage === 'soon' ? soon : passed).push(late)
    }
    await tell(engine, office.name, soon, ['has to leave soon', 'have to leave soon'])
    await tell(engine, office.name, passed, ['ought to have left', 'ought to have left'])
    warned.push(...soon, ...passed)
  }
  return warned
}

async function tell(
  engine: Engine,
  connection: string,
  late: readonly LateOrder[],
  [one, many]: readonly [string, string],
): Promise<void> {
  const texts =
    late.length > onesMost
      ? [
          `${late.length} orders of ${connection} ${many}, ${late[0]?.key} first. "kontor status" lists the most urgent.`,
        ]
      : late.map(({ key, open }) => `Order ${key} ${one}: ${open} to ship. "kontor trace ${key}" shows where it is.`)
  for (const text of texts) {
    engine.log.warn(text, { connection })
    await engine.notify({ text, event: 'warning', connection, code: undefined })
  }
}
