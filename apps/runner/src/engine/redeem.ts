import { KontorError, money, toInstant, type Points } from '@kontor/core'
import { normalizeEmail } from '../loyalty/member.ts'
import { redemptionOf } from '../loyalty/redemption-key.ts'
import { couponStatement, redeemStatement, type Redemption } from '../loyalty/redemption.ts'
import type { RedeemRules, RewardDiscount } from '../loyalty/redeem-rules.ts'
import { saveLooks } from '../store/looks.ts'
import { loadRecord } from '../store/records.ts'
import type { Store, Tx } from '../store/store.ts'
import type { LoyaltyPlan } from './ledger-facts.ts'
import { redemptionAt, type RedemptionAt } from './redemptions.ts'
import { ledgerSource, saveStatement } from './statement.ts'

type Reward = RedeemRules['rewards'][string]

/**
 * Writes down that a member wants a reward; a runner carries it out. The same key is the same redemption, however often it is asked for.
 * Throws CONFLICT where the key stands for another member or reward.
 */
export async function askForRedemption(
  store: Store,
  plan: LoyaltyPlan,
  wish: { key: string; reward: Reward; member: Points['member'] },
): Promise<{ isNew: boolean }> {
  const { key, reward, member } = wish
  return await store.write(
    async (tx) => {
      const now = store.clock.now()
      const known = (await loadRecord(tx, ledgerSource, 'points', `${key}:redeem`))?.record
      if (known?.entity === 'points') {
        if (
          known.extensions?.['kontor.reward'] === reward.reward &&
          known.member.email === member.email &&
          known.member.id === member.id
        )
          return { isNew: false }
        throw new KontorError('CONFLICT', {
          message: `${key} is another redemption: of another reward, or by another member. Nothing was changed.`,
        })
      }
      const redemption: Redemption = {
        key,
        reward: { id: reward.reward, points: reward.points },
        member,
        discount: discountOf(reward.discount, now),
      }
      await saveStatement(store, tx, redeemStatement(redemption))
      await callRunner(tx, key, 'a redemption was asked for', now)
      return { isNew: true }
    },
    [`ledger ${plan.id}`],
  )
}

/** Writes down that a code shall not be valid any more and its points go back, unless it has been used. */
export async function withdrawRedemption(store: Store, { redemption }: RedemptionAt): Promise<void> {
  await store.write(async (tx) => {
    await saveStatement(store, tx, couponStatement(redemption, false))
    await callRunner(tx, redemption.key, 'a redemption was withdrawn', store.clock.now())
  })
}

/** The redemptions of a programme, newest first. */
export async function listRedemptions(store: Store, plan: LoyaltyPlan, limit: number): Promise<RedemptionAt[]> {
  const rows = await store.db
    .selectFrom('records')
    .select('id')
    .where('connection', '=', ledgerSource)
    .where('entity', '=', 'points')
    .where('id', 'like', `${plan.provider}/r-%:redeem`)
    .orderBy('first_seen', 'desc')
    .limit(limit)
    .execute()
  const found: RedemptionAt[] = []
  for (const { id } of rows) {
    const key = redemptionOf(id)
    const each = key && (await redemptionAt(store.db, store.sealer, plan, key, store.clock.now()))
    if (each) found.push(each)
  }
  return found
}

/** The redemptions of one member, by e-mail address or id. */
export async function redemptionsOf(
  store: Store,
  plan: LoyaltyPlan,
  who: { id?: string; email?: string },
): Promise<RedemptionAt[]> {
  const all = await listRedemptions(store, plan, 100_000)
  return all.filter(({ redemption: { member } }) =>
    who.email === undefined ? member.id === who.id : normalizeEmail(member.email) === who.email,
  )
}

const callRunner = async (tx: Tx, key: string, reason: string, now: number): Promise<void> =>
  await saveLooks(
    tx,
    ledgerSource,
    [{ ref: { entity: 'points', id: `${key}:redeem` }, at: toInstant(now), reason }],
    now,
  )

function discountOf(discount: RewardDiscount, now: number): Redemption['discount'] {
  const { kind, minimumOrder, currency, expiresDays } = discount
  return {
    kind,
    ...(kind === 'amount' ? { amount: money.of(discount.amount, discount.currency) } : {}),
    ...(kind === 'percent' ? { percent: discount.percent } : {}),
    ...(minimumOrder !== undefined && currency !== undefined ? { minimumOrder: money.of(minimumOrder, currency) } : {}),
    ...(expiresDays === undefined ? {} : { expiresAt: toInstant(now + expiresDays * 86_400_000) }),
  }
}
