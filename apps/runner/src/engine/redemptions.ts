import { toMs, type Coupon, type Order } from '@kontor/core'
import { z } from 'zod'
import { recompute } from '../loyalty/index.ts'
import type { Explanation } from '../loyalty/explanation.ts'
import { normalizeEmail } from '../loyalty/member.ts'
import { whyUndone } from '../loyalty/order-state.ts'
import { redemptionOf } from '../loyalty/redemption-key.ts'
import {
  advanceRedemption,
  redemptionFrom,
  type Redemption,
  type RedemptionFacts,
  type RedemptionStep,
} from '../loyalty/redemption.ts'
import { removeLooks, saveLooks } from '../store/looks.ts'
import { loadRecord, recordKey, splitKey } from '../store/records.ts'
import type { Sealer } from '../store/seal.ts'
import type { Db, Tx } from '../store/store.ts'
import type { Engine } from './engine.ts'
import { booking, deliveryOf, ledgerInput, mention, settledState, type LoyaltyPlan } from './ledger-facts.ts'
import { ledgerSource, stateRecord } from './statement.ts'

/**
 * From points to a discount code, and back where that fails. What is to be done is written down before it is done, in the transaction
 * that settles the step before it: a runner that dies anywhere goes on where it was.
 */
export async function keepRedemption(engine: Engine, tx: Tx, key: string, run: number): Promise<void> {
  const plan = engine.loyalty.find(({ provider }) => provider === splitKey(key)?.connection)
  if (plan === undefined) return
  if (engine.store.dialect.name === 'postgres') await engine.store.dialect.lock(tx, [`ledger ${key}`])
  const now = engine.clock.now()
  const found = await redemptionAt(tx, engine.store.sealer, plan, key, now)
  if (found === undefined) return
  if (found.facts.coupon !== undefined) await noteCode(engine, tx, key, found.code)
  if (found.unrouted !== undefined) await stateRecord(engine, tx, found.unrouted, run)
  for (const statement of found.step.statements) await stateRecord(engine, tx, statement, run)
  const look = { entity: 'points' as const, id: `${key}:redeem` }
  await removeLooks(tx, ledgerSource, [look])
  const { expiresAt } = found.redemption.discount
  if (found.step.state === 'issued' && expiresAt && toMs(expiresAt) > now && plan.rules.redeem.expired === 'give_back')
    await saveLooks(tx, ledgerSource, [{ ref: look, at: expiresAt, reason: 'its code expires' }], now)
}

/** Redemptions that were asked for, withdrawn or have expired since: a look in the ledger's own name. Answers how many went on. */
export async function keepDueRedemptions(engine: Engine): Promise<number> {
  if (engine.loyalty.length === 0) return 0
  const due = await engine.store.db
    .selectFrom('looks')
    .select('id')
    .where('connection', '=', ledgerSource)
    .where('due_at', '<=', engine.clock.now())
    .limit(100)
    .execute()
  for (const { id } of due)
    await engine.store.write(async (tx) => {
      const key = redemptionOf(id)
      if (key !== undefined) await keepRedemption(engine, tx, key, 0)
      // Of a programme that is not in the config any more: asked for again by whoever puts it back.
      if (key === undefined || !engine.loyalty.some(({ provider }) => provider === splitKey(key)?.connection))
        await removeLooks(tx, ledgerSource, [{ entity: 'points', id }])
    })
  return due.length
}

type Digest = Pick<Sealer, 'digest'>

/** Where a redemption stands, for people and for the next step. */
export interface RedemptionAt {
  redemption: Redemption
  facts: RedemptionFacts
  step: RedemptionStep
  /** A bearer secret: whoever has it can use it. */
  code: string | undefined
  /** The order it was used for is somebody else's than the member's. */
  foreign: boolean
  /** Why a step does not go on, or did not end well. */
  problems: string[]
  /** A withdrawal that was written down and is not on its way yet. */
  unrouted: Coupon | undefined
}

const Told = z.looseObject({ code: z.string().optional(), uses: z.number().optional() })

export async function redemptionAt(
  db: Db,
  sealer: Digest,
  plan: LoyaltyPlan,
  key: string,
  now: number,
): Promise<RedemptionAt | undefined> {
  const record = (await loadRecord(db, ledgerSource, 'points', `${key}:redeem`))?.record
  const redemption = record?.entity === 'points' ? redemptionFrom(record) : undefined
  if (redemption === undefined) return undefined
  const [redeemed, givenBack] = [
    await bookingOf(db, plan, `${key}:redeem`),
    await bookingOf(db, plan, `${key}:give-back`),
  ]
  const stored = await loadRecord(db, ledgerSource, 'coupons', `${key}:coupon`)
  const delivery = await deliveryOf(db, plan.shop, 'coupons', `${key}:coupon`)
  const coupon = stored?.record.entity === 'coupons' ? stored.record : undefined
  const told = delivery?.detail ? Told.safeParse(JSON.parse(delivery.detail)) : undefined
  const { code, uses } = told?.success ? told.data : {}
  const changed = delivery !== undefined && delivery.wanted_hash !== stored?.hash
  const use = code === undefined ? undefined : await useOf(db, sealer, plan, code, now)
  const expired = redemption.discount.expiresAt && toMs(redemption.discount.expiresAt) <= now
  const withdraw =
    coupon?.active === false && delivery === undefined
      ? 'it was withdrawn before its code was made'
      : expired && plan.rules.redeem.expired === 'give_back'
        ? 'the code has expired unused'
        : undefined
  const facts: RedemptionFacts = {
    ...(redeemed === undefined ? {} : { redeemed }),
    ...(givenBack === undefined ? {} : { givenBack }),
    ...(coupon === undefined || delivery === undefined
      ? {}
      : { coupon: { record: coupon, state: changed ? 'open' : settledState(delivery), used: (uses ?? 0) > 0 } }),
    ...(withdraw === undefined ? {} : { withdraw }),
    ...(use === undefined ? {} : { spent: use.spent }),
  }
  const member = normalizeEmail(redemption.member.email)
  return {
    redemption,
    facts,
    step: advanceRedemption(redemption, facts),
    code,
    foreign: use?.email !== undefined && member !== undefined && use.email !== member,
    unrouted: changed ? coupon : undefined,
    problems: await problemsOf(db, plan, key),
  }
}

/** A statement that is written down counts once it is on its way. */
async function bookingOf(db: Db, plan: LoyaltyPlan, id: string): Promise<RedemptionFacts['redeemed']> {
  return (await deliveryOf(db, plan.provider, 'points', id)) && (await booking(db, plan, id))[0]
}

const Failed = z.looseObject({ code: z.string(), message: z.string() })

async function problemsOf(db: Db, plan: LoyaltyPlan, key: string): Promise<string[]> {
  const deliveries = [
    await deliveryOf(db, plan.provider, 'points', `${key}:redeem`),
    await deliveryOf(db, plan.shop, 'coupons', `${key}:coupon`),
    await deliveryOf(db, plan.provider, 'points', `${key}:give-back`),
  ]
  return deliveries.flatMap((delivery) => {
    if (!delivery?.error || delivery.state === 'done') return []
    const failed = Failed.safeParse(JSON.parse(delivery.error))
    return failed.success ? [`${delivery.state}: ${failed.data.code}: ${failed.data.message}`] : []
  })
}

const laneOf = (sealer: Digest, code: string): string => `code:${sealer.digest(code)}`

/** By its digest, so that an order which uses the code is recognised and the code stands in no index. */
async function noteCode(engine: Engine, tx: Tx, key: string, code: string | undefined): Promise<void> {
  if (code !== undefined) await mention(tx, laneOf(engine.store.sealer, code), ledgerSource, 'coupons', `${key}:coupon`)
}

/** An order of the shop: whether it was paid with a code of ours, which a redemption has to know. */
export async function noteCodes(engine: Engine, tx: Tx, plan: LoyaltyPlan, order: Order, run: number): Promise<void> {
  for (const { code } of order.discounts ?? []) {
    if (!code) continue
    const lane = laneOf(engine.store.sealer, code)
    const known = await tx
      .selectFrom('mentions')
      .select('id')
      .where('lane', '=', lane)
      .where('connection', '=', ledgerSource)
      .executeTakeFirst()
    const key = known && redemptionOf(known.id)
    if (key === undefined) continue
    await mention(tx, lane, plan.shop, 'orders', order.id)
    await keepRedemption(engine, tx, key, run)
  }
}

/** The order a code was used for: the first that counts, else one that does not count any more. */
async function useOf(
  db: Db,
  sealer: Digest,
  plan: LoyaltyPlan,
  code: string,
  now: number,
): Promise<{ spent: NonNullable<RedemptionFacts['spent']>; email: string | undefined } | undefined> {
  const orders = await db
    .selectFrom('mentions')
    .select('id')
    .where('lane', '=', laneOf(sealer, code))
    .where('connection', '=', plan.shop)
    .where('entity', '=', 'orders')
    .execute()
  const uses = []
  for (const { id } of orders) {
    const lane = recordKey(plan.shop, id)
    const input = await ledgerInput(db, plan, lane, now)
    if (input === undefined || input.order.lifecycle?.value === 'draft') continue
    const undone = whyUndone(input.order, plan.rules) ?? refundedInFull(recompute(input).explanation)
    const back = undone !== undefined && plan.rules.redeem.fullRefund === 'give_back'
    uses.push({
      spent: { order: lane, ...(back ? { undone: `${lane}, which was paid with the code: ${undone}` } : {}) },
      email: normalizeEmail(input.order.buyer?.email),
    })
  }
  return uses.find(({ spent }) => spent.undone === undefined) ?? uses[0]
}

function refundedInFull({ refunded, value }: Explanation): string | undefined {
  const total = value?.frozen ?? value?.now
  return refunded !== undefined && total !== undefined && /[1-9]/.test(total.amount) && refunded.amount === total.amount
    ? `${refunded.amount} ${refunded.currency} refunded, all of it`
    : undefined
}
