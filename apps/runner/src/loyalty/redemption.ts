import { Coupon, type Json, type Points } from '@kontor/core'
import type { Booking } from './bookings.ts'
import { redemptionOf } from './redemption-key.ts'

/** A member's wish to turn points into a discount code. */
export interface Redemption {
  /** Unique and kept: every step's id is made of it, so that a step that runs twice is one step. */
  key: string
  /** The programme's id of the reward, and what it costs there. */
  reward: { id: string; points: string }
  member: Points['member']
  /** The code to be made, without its name. */
  discount: Pick<Coupon, 'kind' | 'amount' | 'percent' | 'sku' | 'minimumOrder' | 'expiresAt'>
}

type RedemptionState = 'redeeming' | 'issuing' | 'issued' | 'revoking' | 'giving_back' | 'given_back' | 'refused'

export interface RedemptionStep {
  state: RedemptionState
  statements: readonly (Points | Coupon)[]
  because: string
}

export interface RedemptionFacts {
  redeemed?: Booking
  coupon?: { record: Coupon; state: 'open' | 'done' | 'refused'; used?: boolean }
  givenBack?: Booking
  /** Why the code is to be withdrawn: it has expired unused, or a person says so. */
  withdraw?: string
  /** The order the code was used for; `undone`: why it does not count any more, which gives the points back. */
  spent?: { order: string; undone?: string }
}

/**
 * The next step from points to a code, and back when it fails: points first, then the code; a code that cannot be made, or is withdrawn
 * unused, gives the points back. Pure, and each step's id is fixed, so it may be asked at any time.
 */
export function advanceRedemption(redemption: Redemption, facts: RedemptionFacts): RedemptionStep {
  const { redeemed, coupon, givenBack, withdraw, spent } = facts
  if (givenBack !== undefined)
    return givenBack.state === 'done'
      ? step('given_back', 'the points are back')
      : step('giving_back', `${givenBack.record.id} is ${givenBack.state}`)
  if (redeemed === undefined) return step('redeeming', 'points first', [redeemStatement(redemption)])
  if (redeemed.state === 'open') return step('redeeming', `${redeemed.record.id} is under way`)
  if (redeemed.state === 'refused') return step('refused', 'the programme refused the reward')
  if (coupon === undefined)
    return withdraw === undefined
      ? step('issuing', 'the points are taken', [couponStatement(redemption, true)])
      : step('giving_back', withdraw, [giveBackStatement(redemption, redeemed, withdraw)])
  if (coupon.state === 'open')
    return step(coupon.record.active === false ? 'revoking' : 'issuing', `${coupon.record.id} is under way`)
  if (coupon.record.active === false)
    return coupon.state === 'done'
      ? step('giving_back', 'the code is withdrawn', [
          giveBackStatement(redemption, redeemed, 'the code was withdrawn unused'),
        ])
      : step('issued', 'the shop refused to withdraw the code: it stays valid, and the points stay taken')
  if (coupon.state === 'refused')
    return step('giving_back', 'the shop refused the code', [
      giveBackStatement(redemption, redeemed, 'the code could not be made'),
    ])
  if (spent?.undone !== undefined)
    return step('giving_back', spent.undone, [giveBackStatement(redemption, redeemed, spent.undone)])
  if (spent !== undefined) return step('issued', `the code was used for ${spent.order}`)
  if (withdraw !== undefined && !coupon.used) return step('revoking', withdraw, [couponStatement(redemption, false)])
  return step('issued', coupon.used ? 'the code was used' : 'the code can be used')
}

const step = (
  state: RedemptionStep['state'],
  because: string,
  statements: RedemptionStep['statements'] = [],
): RedemptionStep => ({ state, because, statements })

/** It carries everything the later steps are made of: a redemption is kept by its first statement. */
export function redeemStatement({ key, reward, member, discount }: Redemption): Points {
  const about = { entity: 'orders' as const, key }
  return {
    entity: 'points',
    id: `${key}:redeem`,
    about,
    kind: 'redeem',
    points: reward.points,
    member,
    extensions: { 'kontor.reward': reward.id, 'kontor.discount': discountJson(discount) },
  }
}

/** The programme's own id of the redemption goes along, so that it can be taken back as such, with the stock of the reward. */
function giveBackStatement(
  { key, reward, member }: Redemption,
  { reference, member: known }: Booking,
  reason: string,
): Points {
  const about = { entity: 'orders' as const, key }
  return {
    entity: 'points',
    id: `${key}:give-back`,
    about,
    kind: 'restore',
    points: reward.points,
    member: { ...member, ...(known === undefined ? {} : { id: known }) },
    reverses: `${key}:redeem`,
    reason,
    ...(reference === undefined ? {} : { extensions: { 'kontor.redemption': reference } }),
  }
}

/** One use: nobody can bind a code to a customer, so it must not be worth passing on. */
export function couponStatement({ key, discount, member }: Redemption, active: boolean): Coupon {
  return {
    entity: 'coupons',
    id: `${key}:coupon`,
    name: `LOY ${key}`,
    ...discount,
    member,
    uses: 1,
    usesPerCustomer: 1,
    active,
  }
}

const discountJson = (discount: Redemption['discount']): Json =>
  Object.fromEntries(Object.entries(discount).flatMap(([key, value]) => (value ? [[key, value]] : [])))

/** Reads a redemption back from its first statement. */
export function redemptionFrom({ id, points, member, extensions }: Points): Redemption | undefined {
  const [key, reward] = [redemptionOf(id), extensions?.['kontor.reward']]
  const discount = StoredDiscount.safeParse(extensions?.['kontor.discount'])
  if (key === undefined || typeof reward !== 'string' || !discount.success) return undefined
  return { key, reward: { id: reward, points }, member, discount: discount.data }
}

const StoredDiscount = Coupon.pick({
  kind: true,
  amount: true,
  percent: true,
  sku: true,
  minimumOrder: true,
  expiresAt: true,
})
