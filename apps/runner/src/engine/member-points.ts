import type { Explanation } from '../loyalty/explanation.ts'
import { recompute } from '../loyalty/index.ts'
import { normalizeEmail } from '../loyalty/member.ts'
import { pointsFromText, pointsScale, pointsToText } from '../loyalty/points-text.ts'
import { recordKey } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { ledgerInput, type LoyaltyPlan } from './ledger-facts.ts'
import { ledgerSource } from './statement.ts'

/** The orders of a member, by e-mail address or by the programme's own id, each explained. Changes nothing. */
export async function explainMember(store: Store, plan: LoyaltyPlan, who: string): Promise<Explanation[]> {
  const explanations: Explanation[] = []
  for (const lane of await lanesOfMember(store, plan, who)) {
    const input = await ledgerInput(store.db, plan, lane, store.clock.now())
    if (!input) continue
    const { explanation } = recompute(input)
    // An order whose points went to somebody else's address is theirs, whoever buys under it now.
    if (input.issued.length > 0 || normalizeEmail(input.order.buyer?.email) === normalizeEmail(who))
      explanations.push(explanation)
  }
  return explanations
}

async function lanesOfMember({ db }: Store, plan: LoyaltyPlan, who: string): Promise<string[]> {
  const email = normalizeEmail(who)
  const lanes = new Set<string>()
  const booked = await db
    .selectFrom('deliveries')
    .innerJoin('records', (join) =>
      join
        .onRef('records.connection', '=', 'deliveries.source')
        .onRef('records.entity', '=', 'deliveries.entity')
        .onRef('records.id', '=', 'deliveries.id'),
    )
    .select('deliveries.lane')
    .where('deliveries.destination', '=', plan.provider)
    .where('deliveries.source', '=', ledgerSource)
    .where('deliveries.lane', 'like', `${plan.shop}/%`)
    .where((is) =>
      email === undefined
        ? is('deliveries.detail', 'like', `%${JSON.stringify({ member: who }).slice(1, -1)}%`)
        : is('records.content', 'like', `%${JSON.stringify({ email }).slice(1, -1)}%`),
    )
    .execute()
  for (const { lane } of booked) lanes.add(lane)
  if (email !== undefined)
    for (const { id } of await db
      .selectFrom('records')
      .select('id')
      .where('connection', '=', plan.shop)
      .where('entity', '=', 'orders')
      .where((is) => is(is.fn<string>('lower', ['content']), 'like', `%${JSON.stringify(email).slice(1, -1)}%`))
      .execute())
      lanes.add(recordKey(plan.shop, id))
  return [...lanes].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** What is left of the points of some orders, exactly. */
export function sumLeft(explanations: readonly Explanation[]): string {
  const scale = Math.max(0, ...explanations.map(({ points }) => pointsScale(points.left)))
  return pointsToText(
    explanations.reduce((sum, { points }) => sum + pointsFromText(points.left, scale), 0n),
    scale,
  )
}
