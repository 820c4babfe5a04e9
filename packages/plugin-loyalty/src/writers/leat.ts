import {
  isKontorError,
  KontorError,
  toInstant,
  type Clock,
  type Delivery,
  type Outcome,
  type Writer,
} from '@kontor/core'
import type { LeatClient, Reception } from '../client/index.ts'
import type { LeatConfig } from '../config.ts'
import { ownValue, points, toLeatOrder, valueText } from '../mapping/index.ts'
import { KEY, KIND, ORDER, REVERSES, VALUE } from '../tables/attributes.ts'
import { IN_PROGRESS, INSUFFICIENT } from '../tables/leat-errors.ts'
import type { NewReception } from '../wire/index.ts'
import { findBooking } from './leat-find.ts'
import { memberToBook } from './leat-member.ts'
import { done, refused } from './outcomes.ts'

type Wish = Delivery<'points'>

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/**
 * Books points at Leat. What is taken back is always a booking of its own with a negative number of credits, never `/reverse`: that takes the
 * whole of a booking, carries no key of ours, and what a second call does is not documented.
 */
export function leatWriter(client: LeatClient, config: LeatConfig, clock: Clock): Writer<'points'> {
  return {
    async *write(batch, signal) {
      for (const wish of batch) {
        try {
          yield await book(wish, signal)
        } catch (thrown) {
          const outcome = isKontorError(thrown) ? settledBy(thrown, wish) : undefined
          if (outcome === undefined) throw thrown
          yield outcome
        }
      }
    },
    async *readBack(batch, signal) {
      for (const wish of batch) yield await findBooking(client, config, clock, wish, signal)
    },
  }

  /** What an error says about the booking; `undefined` where it says nothing, and the booking is in doubt. */
  function settledBy(error: KontorError, wish: Wish): Outcome | undefined {
    // The first call may still succeed.
    if (error.vendorCode === IN_PROGRESS) return { key: wish.key, is: 'sent', askAt: toInstant(clock.now() + MINUTE) }
    if (error.scope !== 'record' || error.failureType === 'transient') return undefined
    if (error.vendorCode === INSUFFICIENT && config.onInsufficient === 'hold')
      return { key: wish.key, is: 'waiting', error, until: toInstant(clock.now() + DAY) }
    return refused(wish, error)
  }

  async function book(wish: Wish, signal: AbortSignal): Promise<Outcome> {
    const { record } = wish
    const member = await memberToBook(client, config, wish, signal)
    if (record.kind === 'earn')
      return config.variant === 'orders' ? await earnByOrder(wish, member, signal) : await earn(wish, member, signal)
    if (record.kind === 'reverse') return await reverse(wish, member, signal)
    if (record.kind === 'restore') return await restore(wish, member, signal)
    if (record.kind === 'redeem') return await redeem(wish, member, signal)
    throw new KontorError('UNSUPPORTED', {
      message: `Leat books no ${record.kind}: give or take the points in its Business Dashboard.`,
    })
  }

  /** The value goes through the rules of the programme, unless the points are told. */
  async function earn(wish: Wish, member: string, signal: AbortSignal): Promise<Outcome> {
    const { record } = wish
    const told = points.isPositive(record.points)
    if (!told && !record.value)
      throw new KontorError('RECORD_INVALID', {
        message: 'Nothing was booked: the record tells neither points nor a value.',
      })
    const amount = told
      ? { credits: Number(record.points) }
      : { unit_value: Number(record.value?.amount), unit_name: config.unit }
    const made = await client.createReception(reception(wish, member, amount), wish, signal)
    return done(wish, made.uuid, bookedOf(made, member))
  }

  async function earnByOrder(wish: Wish, member: string, signal: AbortSignal): Promise<Outcome> {
    const { record, order } = wish
    if (order === undefined || !record.value)
      return {
        key: wish.key,
        is: 'waiting',
        error: new KontorError('ORDER_UNKNOWN', {
          message: 'Nothing was booked: the lines of the order are not known yet (config.variant: orders).',
        }),
      }
    const made = await client.processOrder(
      toLeatOrder({ key: record.id, order, value: record.value, contact: member, shop: config.shop }),
      wish,
      signal,
    )
    const result = made.result?.data
    if (result)
      return done(wish, made.order.uuid, { points: result.points, member, balance: result.new_balance ?? undefined })
    return done(wish, made.order.uuid, {
      points: '0',
      member,
      note: 'Leat took the order and gave no points: the account has no Order Action. Add one in the Business Dashboard.',
    })
  }

  async function reverse(wish: Wish, member: string, signal: AbortSignal): Promise<Outcome> {
    const wanted = wish.record.points
    try {
      const made = await client.createReception(
        reception(wish, member, { credits: Number(points.negate(wanted)) }),
        wish,
        signal,
      )
      return done(wish, made.uuid, bookedOf(made, member))
    } catch (thrown) {
      if (!isKontorError(thrown) || thrown.vendorCode !== INSUFFICIENT || config.onInsufficient !== 'clamp')
        throw thrown
      return await reverseWhatIsThere(wish, member, signal)
    }
  }

  /** The member has spent points: what is left is taken, the rest is told as a shortfall. */
  async function reverseWhatIsThere(wish: Wish, member: string, signal: AbortSignal): Promise<Outcome> {
    const balance = await client.balance(member, signal)
    if (!points.isPositive(balance))
      return done(wish, undefined, { points: '0', member, balance, shortfall: wish.record.points })
    const taken = points.smaller(balance, wish.record.points)
    const made = await client.createReception(
      reception(wish, member, { credits: Number(points.negate(taken)) }),
      wish,
      signal,
    )
    return done(wish, made.uuid, { ...bookedOf(made, member), shortfall: points.subtract(wish.record.points, taken) })
  }

  /** A redemption is taken back as such, so that a reward's stock comes back; points are given back as points. */
  async function restore(wish: Wish, member: string, signal: AbortSignal): Promise<Outcome> {
    const redemption = wish.record.extensions?.['kontor.redemption']
    const made =
      typeof redemption === 'string'
        ? await client.reverseRedemption(redemption, wish, signal)
        : await client.createReception(reception(wish, member, { credits: Number(wish.record.points) }), wish, signal)
    return done(wish, made.uuid, bookedOf(made, member))
  }

  async function redeem(wish: Wish, member: string, signal: AbortSignal): Promise<Outcome> {
    const reward = wish.record.extensions?.['kontor.reward']
    if (typeof reward !== 'string')
      throw new KontorError('RECORD_INVALID', { message: 'Nothing was redeemed: the record names no reward.' })
    const made = await client.redeemReward(
      { contact_uuid: member, shop_uuid: config.shop, reward_uuid: reward },
      wish,
      signal,
    )
    return done(wish, made.uuid, bookedOf(made, member))
  }

  function reception(
    { record }: Wish,
    member: string,
    amount: Pick<NewReception, 'credits' | 'unit_value' | 'unit_name'>,
  ): NewReception {
    const value = ownValue(record)
    return {
      contact_uuid: member,
      shop_uuid: config.shop,
      ...amount,
      [KEY]: record.id,
      [KIND]: record.kind,
      ...(record.about.key === undefined ? {} : { [ORDER]: record.about.key }),
      ...(record.reverses ? { [REVERSES]: record.reverses } : {}),
      ...(value ? { [VALUE]: valueText(value) } : {}),
    }
  }
}

const bookedOf = (
  made: Reception,
  member: string,
): { points: string; member: string; balance: string | undefined } => ({
  points: points.absolute(made.credits),
  member,
  balance: made.contact?.credit_balance?.balance,
})
