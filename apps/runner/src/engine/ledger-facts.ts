import type { Refund } from '@kontor/core'
import { z } from 'zod'
import type { Booking } from '../loyalty/bookings.ts'
import type { Explanation } from '../loyalty/explanation.ts'
import { recompute } from '../loyalty/index.ts'
import type { LedgerInput } from '../loyalty/ledger-input.ts'
import { refundsOfReturn } from '../loyalty/returned.ts'
import type { LoyaltyRules } from '../loyalty/rules.ts'
import { loadRecord, splitKey } from '../store/records.ts'
import type { DeliveryRow } from '../store/schema.ts'
import type { Db, Tx } from '../store/store.ts'
import type { Flow } from './office.ts'
import { ledgerSource } from './statement.ts'

/** A configured loyalty flow: orders of `shop` earn points that `provider` keeps. */
export interface LoyaltyPlan {
  id: string
  shop: string
  provider: string
  rules: LoyaltyRules
}

/** The flows of a loyalty plan: points to the provider, and the codes made for rewards to the shop. */
export const ledgerFlows = (plan: LoyaltyPlan): Flow[] => [
  ledgerFlow(plan),
  ...(Object.keys(plan.rules.redeem.rewards).length === 0
    ? []
    : [
        {
          ...ledgerFlow(plan),
          id: `coupons:${plan.provider}>${plan.shop}`,
          entity: 'coupons' as const,
          to: [plan.shop],
        },
      ]),
]

/** The flow by which points records reach the provider: ordinary deliveries in the order's lane. */
export const ledgerFlow = ({ id, provider }: LoyaltyPlan): Flow => ({
  id,
  plan: id,
  entity: 'points',
  from: [ledgerSource],
  to: [provider],
  where: 'all',
  start: 0,
  everyMs: undefined,
  guard: undefined,
})

/** Why an order has the points it has. Changes nothing. */
export async function explainPoints(
  db: Db,
  plan: LoyaltyPlan,
  lane: string,
  now: number,
): Promise<Explanation | undefined> {
  const input = await ledgerInput(db, plan, lane, now)
  return input && recompute(input).explanation
}

export async function ledgerInput(
  db: Db,
  plan: LoyaltyPlan,
  lane: string,
  now: number,
): Promise<(LedgerInput & { backfilled: boolean }) | undefined> {
  const key = splitKey(lane)
  const stored = key && (await loadRecord(db, key.connection, 'orders', key.id))
  if (stored?.record.entity !== 'orders') return undefined
  const mentions = await db.selectFrom('mentions').selectAll().where('lane', '=', lane).execute()
  const refunds: Refund[] = []
  const returned: Refund[] = []
  const issued: Booking[] = []
  for (const { connection, entity, id } of mentions) {
    if (entity === 'refunds' && !(await hasEchoAmong(db, mentions, { connection, id }))) {
      const refund = (await loadRecord(db, connection, 'refunds', id))?.record
      if (refund?.entity === 'refunds') refunds.push(refund)
    }
    if (entity === 'returns') {
      const told = (await loadRecord(db, connection, 'returns', id))?.record
      if (told?.entity === 'returns') returned.push(...refundsOfReturn(told))
    }
    if (entity === 'points') issued.push(...(await booking(db, plan, id)))
  }
  const { record: order, backfilled } = stored
  return { key: lane, order, refunds, returned, issued, rules: plan.rules, now, backfilled }
}

/** A refund of ours that the shop has told back is one refund: what the shop says of it counts. */
async function hasEchoAmong(
  db: Db,
  mentions: readonly { connection: string; entity: string; id: string }[],
  ours: { connection: string; id: string },
): Promise<boolean> {
  const links = await db
    .selectFrom('links')
    .select(['destination', 'reference'])
    .where('source', '=', ours.connection)
    .where('entity', '=', 'refunds')
    .where('id', '=', ours.id)
    .execute()
  return mentions.some(
    ({ connection, entity, id }) =>
      entity === 'refunds' &&
      !(connection === ours.connection && id === ours.id) &&
      links.some(({ destination, reference }) => destination === connection && reference === id),
  )
}

/** The delivery of what the ledger stated. */
export const deliveryOf = async (
  db: Db,
  destination: string,
  entity: 'points' | 'coupons',
  id: string,
): Promise<Pick<DeliveryRow, 'state' | 'reference' | 'detail' | 'wanted_hash' | 'error'> | undefined> =>
  await db
    .selectFrom('deliveries')
    .select(['state', 'reference', 'detail', 'wanted_hash', 'error'])
    .where('destination', '=', destination)
    .where('source', '=', ledgerSource)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .executeTakeFirst()

export const settledState = (delivery: Pick<DeliveryRow, 'state'> | undefined): Booking['state'] =>
  delivery?.state === 'done'
    ? 'done'
    : delivery?.state === 'refused' || delivery?.state === 'skipped'
      ? 'refused'
      : 'open'

/** What a provider tells of a booking. */
const Told = z.looseObject({
  points: z.string().optional(),
  shortfall: z.string().optional(),
  member: z.string().optional(),
})

export async function booking(db: Db, plan: LoyaltyPlan, id: string): Promise<Booking[]> {
  const record = (await loadRecord(db, ledgerSource, 'points', id))?.record
  const delivery = await deliveryOf(db, plan.provider, 'points', id)
  if (record?.entity !== 'points') return []
  const told = delivery?.detail ? Told.safeParse(JSON.parse(delivery.detail)) : undefined
  const { points, shortfall, member } = told?.success ? told.data : {}
  return [
    {
      record,
      state: settledState(delivery),
      ...(delivery?.reference == null ? {} : { reference: delivery.reference }),
      ...(points === undefined ? {} : { points }),
      ...(shortfall === undefined ? {} : { shortfall }),
      ...(member === undefined ? {} : { member }),
    },
  ]
}

/** Notes that a record has to do with a lane. */
export async function mention(tx: Tx, lane: string, connection: string, entity: string, id: string): Promise<void> {
  await tx
    .insertInto('mentions')
    .values({ lane, connection, entity, id })
    .onConflict((clash) => clash.doNothing())
    .execute()
}
