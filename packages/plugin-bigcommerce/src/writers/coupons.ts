import { isKontorError, KontorError, money, type Coupon, type Delivery, type Outcome, type Writer } from '@kontor/core'
import type { DiscountsClient } from '../client/index.ts'
import type { BigCommerceConfig, BigCommerceCredentials } from '../config/index.ts'
import type { WireCoupon } from '../wire/index.ts'
import { codeOf, nameOf, toNewCoupon, toNewPromotion } from './discount-code.ts'
import { already, done, refused } from './outcomes.ts'

/** Where the currency of the store is known. */
interface Currency {
  get(signal: AbortSignal): Promise<string>
}

/**
 * Discount codes for rewards. Name and code follow from the record alone, and both are unique at BigCommerce: whatever is tried again finds
 * what was made before. The code comes back in the outcome's detail.
 */
export function couponsWriter(
  client: DiscountsClient,
  config: BigCommerceConfig,
  credentials: BigCommerceCredentials,
  currency: Currency,
): Writer<'coupons'> {
  const secret = credentials.clientSecret ?? credentials.accessToken
  const writeOne = config.coupons.as === 'coupon' ? asCoupon : asPromotionCode

  return {
    async *write(batch, signal) {
      for (const delivery of batch) {
        try {
          yield await writeOne(delivery, signal)
        } catch (thrown) {
          if (!isKontorError(thrown) || thrown.scope !== 'record') throw thrown
          yield refused(delivery, thrown)
        }
      }
    },
  }

  async function asCoupon(delivery: Delivery<'coupons'>, signal: AbortSignal): Promise<Outcome> {
    const { record } = delivery
    const found = await client.findCoupon({ name: nameOf(record.name) }, signal)
    const code = found?.code ?? codeOf(record.name, record.code, secret)
    const wanted = toNewCoupon(record, code)
    if (found !== undefined) return await existing(delivery, found, wanted, signal)
    await refuseOtherCurrency(record, signal)
    const made = await client.createCoupon(wanted, [delivery], signal)
    if (made !== undefined) return done(delivery, made.id, { code })
    const taken = await client.findCoupon({ code }, signal)
    if (taken?.name === wanted.name) return await existing(delivery, taken, wanted, signal)
    throw new KontorError('CONFLICT', {
      message: `The discount code was not created: BigCommerce has another coupon with its code or its name (${taken === undefined ? wanted.name : `coupon ${taken.id}`}).`,
    })
  }

  async function existing(
    delivery: Delivery<'coupons'>,
    found: WireCoupon,
    wanted: ReturnType<typeof toNewCoupon>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const detail = { code: found.code, uses: found.num_uses ?? 0 }
    if (!sameDiscount(found, wanted)) throw different(found.id)
    if (found.enabled === wanted.enabled) return already(delivery, found.id, detail)
    if (!wanted.enabled && detail.uses > 0) throw used(found.id)
    await client.changeCoupon(found.id, wanted, [delivery], signal)
    return done(delivery, found.id, detail)
  }

  /** "Coupons only apply to default currency": an amount in another would be taken for one in that. */
  async function refuseOtherCurrency({ amount, minimumOrder }: Coupon, signal: AbortSignal): Promise<void> {
    const told = [amount, minimumOrder].flatMap((each) => each?.currency ?? [])
    if (told.length === 0) return
    const own = await currency.get(signal)
    const other = told.find((each) => each !== own)
    if (other !== undefined)
      throw new KontorError('UNSUPPORTED', {
        message: `The discount code was not created: it is in ${other}, and coupons apply to ${own}, the currency of the store, alone. Set config.coupons.as to promotion.`,
        key: 'config.coupons.as',
      })
  }

  async function asPromotionCode(delivery: Delivery<'coupons'>, signal: AbortSignal): Promise<Outcome> {
    const { record } = delivery
    const code = codeOf(record.name, record.code, secret)
    const promotion = toNewPromotion(record, config.coupons.channels)
    const found = await client.findCode(code, signal)
    const parent = await client.findPromotion(promotion.name, signal)
    if (record.active === false) {
      if (found === undefined || parent === undefined) return already(delivery)
      if (found.current_uses > 0) throw used(found.id)
      await client.deleteCode(parent.id, found.id, [delivery], signal)
      return done(delivery, found.id)
    }
    if (found !== undefined) return already(delivery, found.id, { code, uses: found.current_uses })
    const { id } = parent ?? (await client.createPromotion(promotion, [delivery], signal))
    const made = await client.createCode(
      id,
      { code, max_uses: record.uses ?? 1, max_uses_per_customer: record.usesPerCustomer ?? 1 },
      [delivery],
      signal,
    )
    if (made !== undefined) return done(delivery, made.id, { code })
    const known = await client.findCode(code, signal)
    if (known !== undefined) return already(delivery, known.id, { code, uses: known.current_uses })
    throw new KontorError('REQUEST_REJECTED', {
      message:
        'BigCommerce refused the promotion code, and does not have it either. Look at the promotion under Marketing, Promotions.',
    })
  }
}

const sameDiscount = (found: WireCoupon, wanted: ReturnType<typeof toNewCoupon>): boolean =>
  found.type === wanted.type &&
  money.equal({ amount: found.amount || '0', currency: 'XXX' }, { amount: wanted.amount, currency: 'XXX' })

const different = (id: string): KontorError =>
  new KontorError('ALREADY_DIFFERENT', {
    message: `Coupon ${id} at BigCommerce has this name and another discount. Compare them under Marketing, Coupons.`,
  })

const used = (id: string): KontorError =>
  new KontorError('ALREADY_DIFFERENT', { message: `The discount code was not withdrawn: it has been used (${id}).` })
