import { createHmac } from 'node:crypto'
import { KontorError, money, type Coupon } from '@kontor/core'
import type { NewCoupon, NewPromotion } from '../wire/index.ts'

/** Letters and digits nobody confuses, for codes that are read aloud. 32 of them: five bits each. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LENGTH = 16

/** Which codes BigCommerce takes: at most 50 letters, digits, blanks, _ and -. */
const CODE = /^[A-Za-z0-9 _-]{1,50}$/

/**
 * The code of a coupon: the one it is told to have, else one made of its name. The same name makes the same code, so a repeated attempt makes
 * no second one; without the secret nobody can guess it (80 bits). It is as good as money: it stands in no log.
 */
export function codeOf(name: string, told: string | null | undefined, secret: string): string {
  if (told) {
    if (CODE.test(told)) return told
    throw new KontorError('REQUEST_REJECTED', {
      message: 'The discount code was not created: BigCommerce takes at most 50 letters, digits, blanks, _ and -.',
    })
  }
  const digest = createHmac('sha256', secret).update(`discount code\n${name}`).digest()
  return [...digest.subarray(0, LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** A coupon is known by its name, which is unique and at most 100 characters. */
export const nameOf = (name: string): string => name.slice(0, 100)

export function toNewCoupon(coupon: Coupon, code: string): NewCoupon {
  const { type, amount } = typeAndAmount(coupon)
  return {
    name: nameOf(coupon.name),
    code,
    type,
    amount,
    ...(coupon.minimumOrder ? { min_purchase: coupon.minimumOrder.amount } : {}),
    ...(coupon.expiresAt ? { expires: new Date(coupon.expiresAt).toUTCString().replace('GMT', '+0000') } : {}),
    enabled: coupon.active !== false,
    applies_to: { entity: 'categories', ids: [0] },
    max_uses: coupon.uses ?? 1,
    max_uses_per_customer: coupon.usesPerCustomer ?? 1,
  }
}

function typeAndAmount(coupon: Coupon): Pick<NewCoupon, 'type' | 'amount'> {
  if (coupon.kind === 'free_shipping') return { type: 'free_shipping', amount: '0' }
  if (coupon.kind === 'percent' && coupon.percent) return { type: 'percentage_discount', amount: coupon.percent }
  if (coupon.kind === 'amount' && coupon.amount) return { type: 'per_total_discount', amount: coupon.amount.amount }
  throw unsupported(coupon)
}

/** One promotion per kind of discount; its name says what it is, so it is found again. */
export function toNewPromotion(coupon: Coupon, channels: readonly number[]): NewPromotion {
  const spend = coupon.minimumOrder
  const name = [
    'Kontor',
    wordsOf(coupon),
    ...(spend ? [`from ${money.round(spend, 'half-up').amount} ${spend.currency}`] : []),
  ].join(' ')
  return {
    name,
    redemption_type: 'COUPON',
    coupon_type: 'BULK',
    status: 'ENABLED',
    currency_code: coupon.amount?.currency ?? spend?.currency ?? '*',
    channels: channels.map((id) => ({ id })),
    rules: [
      {
        action: actionOf(coupon),
        apply_once: true,
        stop: false,
        ...(spend ? { condition: { cart: { minimum_spend: spend.amount } } } : {}),
      },
    ],
  }
}

function actionOf(coupon: Coupon): NewPromotion['rules'][number]['action'] {
  if (coupon.kind === 'free_shipping') return { shipping: { free_shipping: true, zone_ids: '*' } }
  if (coupon.kind === 'percent' && coupon.percent)
    return { cart_value: { discount: { percentage_amount: coupon.percent } } }
  if (coupon.kind === 'amount' && coupon.amount)
    return { cart_value: { discount: { fixed_amount: coupon.amount.amount } } }
  throw unsupported(coupon)
}

function wordsOf(coupon: Coupon): string {
  if (coupon.kind === 'free_shipping') return 'free shipping'
  if (coupon.kind === 'percent') return `${coupon.percent ?? ''} %`
  return `${coupon.amount?.amount ?? ''} ${coupon.amount?.currency ?? ''}`
}

const unsupported = ({ kind }: Coupon): KontorError =>
  new KontorError('UNSUPPORTED', {
    message: `A discount of the kind ${kind} cannot be created at BigCommerce as it is told. Fixed amounts, percentages and free shipping can.`,
  })
