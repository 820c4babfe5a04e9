import { forecast, type Forecast } from '../loyalty/forecast.ts'
import type { Store } from '../store/store.ts'
import { ledgerInput, type LoyaltyPlan } from './ledger-facts.ts'
import { ledgerSource } from './statement.ts'

/** What a planned run would book, order by order: in the copy nothing was, so what it stated is reckoned once more, to its end. */
export async function plannedPoints(store: Store, plans: readonly LoyaltyPlan[], since: number): Promise<Forecast[]> {
  const found: Forecast[] = []
  for (const plan of plans) {
    const rows = await store.db
      .selectFrom('deliveries')
      .select(['id', 'lane'])
      .where('destination', '=', plan.provider)
      .where('source', '=', ledgerSource)
      .where('entity', '=', 'points')
      .where('updated_at', '>=', since)
      .where('lane', 'like', `${plan.shop}/%`)
      .execute()
    const byLane = Map.groupBy(rows, ({ lane }) => lane)
    for (const [lane, some] of byLane) {
      const stated = new Set(some.map(({ id }) => id))
      const input = await ledgerInput(store.db, plan, lane, store.clock.now())
      if (!input) continue
      const planned = forecast({ ...input, issued: input.issued.filter(({ record }) => !stated.has(record.id)) })
      if (planned.bookings.length > 0) found.push(planned)
    }
  }
  return found
}
