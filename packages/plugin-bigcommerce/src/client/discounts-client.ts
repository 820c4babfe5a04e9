import type { Delivery } from '@kontor/core'
import { z } from 'zod'
import {
  WireCodeCreated,
  type WireCode,
  WireCodes,
  WireCouponCreated,
  WireCoupons,
  WirePromotionCreated,
  type WireCoupon,
  type WirePromotion,
  WirePromotions,
  type NewCoupon,
  type NewPromotion,
} from '../wire/index.ts'
import type { StoreRequests } from './request.ts'

type For = readonly Pick<Delivery, 'key'>[]
const refusedAsKnown = [409, 422]
const Refused = z.unknown()

/** Coupons of v2 and coupon promotions of v3. Names and codes are unique there: a second creation is refused, so creating may be repeated. */
export class DiscountsClient {
  readonly #requests: StoreRequests

  constructor(requests: StoreRequests) {
    this.#requests = requests
  }

  /** BigCommerce ignores filters it does not understand, so the answer is filtered again. */
  async findCoupon(by: { code: string } | { name: string }, signal: AbortSignal): Promise<WireCoupon | undefined> {
    const coupons = await this.#requests.get('/v2/coupons', {
      query: { ...by, limit: 50 },
      schema: WireCoupons,
      doing: 'look for a coupon',
      signal,
    })
    return coupons.find((coupon) => ('code' in by ? coupon.code === by.code : coupon.name === by.name))
  }

  /** `undefined` where its name or code is taken: then look it up and compare. */
  async createCoupon(coupon: NewCoupon, deliveries: For, signal: AbortSignal): Promise<WireCoupon | undefined> {
    const { status, body } = await this.#requests.write('/v2/coupons', {
      method: 'POST',
      json: coupon,
      schema: WireCouponCreated,
      effect: 'repeatable',
      for: deliveries,
      accept: [409],
      doing: 'create a coupon',
      signal,
    })
    return status === 409 ? undefined : body
  }

  /** `applies_to` is sent with every change: left out, it is emptied. */
  async changeCoupon(id: string, coupon: NewCoupon, deliveries: For, signal: AbortSignal): Promise<void> {
    const path = `/v2/coupons/${encodeURIComponent(id)}`
    await this.#requests.write(path, {
      method: 'PUT',
      json: coupon,
      schema: Refused,
      effect: 'repeatable',
      for: deliveries,
      doing: 'change a coupon',
      signal,
    })
  }

  async findPromotion(name: string, signal: AbortSignal): Promise<WirePromotion | undefined> {
    const { data } = await this.#requests.get('/v3/promotions', {
      query: { name, limit: 50 },
      schema: WirePromotions,
      doing: 'look for a promotion',
      signal,
    })
    return data.find((promotion) => promotion.name === name)
  }

  async createPromotion(promotion: NewPromotion, deliveries: For, signal: AbortSignal): Promise<WirePromotion> {
    const { body } = await this.#requests.write('/v3/promotions', {
      method: 'POST',
      json: promotion,
      schema: WirePromotionCreated,
      effect: 'once',
      for: deliveries,
      doing: 'create a promotion',
      signal,
    })
    return body.data
  }

  async findCode(code: string, signal: AbortSignal): Promise<WireCode | undefined> {
    const { data } = await this.#requests.get('/v3/promotions/codes', {
      query: { code },
      schema: WireCodes,
      doing: 'look for a promotion code',
      signal,
    })
    return data.find((each) => each.code === code)
  }

  async createCode(
    promotionId: string,
    code: { code: string; max_uses: number; max_uses_per_customer: number },
    deliveries: For,
    signal: AbortSignal,
  ): Promise<WireCode | undefined> {
    const { status, body } = await this.#requests.write(`/v3/promotions/${encodeURIComponent(promotionId)}/codes`, {
      method: 'POST',
      json: code,
      schema: WireCodeCreated,
      effect: 'repeatable',
      for: deliveries,
      accept: refusedAsKnown,
      take: 'codes',
      doing: 'create a promotion code',
      signal,
    })
    return refusedAsKnown.includes(status) ? undefined : body?.data
  }

  async deleteCode(promotionId: string, codeId: string, deliveries: For, signal: AbortSignal): Promise<void> {
    const path = `/v3/promotions/${encodeURIComponent(promotionId)}/codes/${encodeURIComponent(codeId)}`
    await this.#requests.write(path, {
      method: 'DELETE',
      schema: Refused,
      effect: 'repeatable',
      for: deliveries,
      take: 'codes',
      accept: [404],
      doing: 'delete a promotion code',
      signal,
    })
  }
}
