import { refuse, routesFor } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { v2Error, v2Page, v3Page } from '../answers.ts'
import { rfc2822, rfc3339 } from '../json.ts'
import type { Options } from '../options.ts'
import { nextId, type Promotion, type StoredCoupon, type World } from '../world.ts'

const route = routesFor<World, Options>()
const code = z.string().regex(/^[A-Za-z0-9 _-]{1,50}$/)

const Coupon = z.looseObject({
  name: z.string().max(100),
  code,
  type: z.enum([
    'per_item_discount',
    'percentage_discount',
    'per_total_discount',
    'shipping_discount',
    'free_shipping',
  ]),
  amount: z.string(),
  enabled: z.boolean().default(true),
  applies_to: z.object({ entity: z.string(), ids: z.array(z.number()) }),
})
const NewPromotion = z.looseObject({
  name: z.string(),
  redemption_type: z.literal('COUPON'),
  coupon_type: z.enum(['SINGLE', 'BULK']),
  rules: z.array(z.unknown()).min(1),
})
const NewCode = z.object({
  code,
  max_uses: z.number().int().default(0),
  max_uses_per_customer: z.number().int().default(0),
})

const couponJson = ({ id, created, uses, body }: StoredCoupon): Record<string, unknown> => ({
  min_purchase: '0.0000',
  expires: '',
  ...body,
  id,
  num_uses: uses,
  date_created: rfc2822(created),
  restricted_to: {},
  shipping_methods: [],
})

const codeJson = (each: Promotion['codes'][number]): Record<string, unknown> => ({
  ...each,
  created: rfc3339(each.created),
})
const promotionJson = ({ id, body }: Promotion): Record<string, unknown> => ({
  customer: { group_ids: [], minimum_order_count: 0, excluded_group_ids: [] },
  notifications: [],
  stop: false,
  start_date: '2026-06-01T12:00:00+00:00',
  can_be_used_with_other_promotions: false,
  coupon_overrides_other_promotions: false,
  ...body,
  id,
  current_uses: 0,
  created_from: 'api',
})
const seconds = (now: number): number => Math.floor(now / 1000) * 1000
const promotionOf = (world: World, id: string): Promotion =>
  world.promotions.find((one) => one.id === Number(id)) ??
  refuse({ status: 404, json: { status: 404, title: 'Promotion not found', type: '' } })

export const discountRoutes = [
  route.get('/stores/:store/v2/coupons', ({ world, query }) => {
    const [name, wanted] = [query.get('name'), query.get('code')]
    const found = world.coupons.filter(
      ({ body }) => (name === null || body.name === name) && (wanted === null || body.code === wanted),
    )
    return v2Page(found.map(couponJson), query)
  }),

  route.post('/stores/:store/v2/coupons', ({ world, json, clock, truth }) => {
    const body = json(Coupon)
    if (world.coupons.some((known) => known.body.name === body.name)) return v2Error(409, 'Coupon name already exists.')
    if (world.coupons.some((known) => known.body.code === body.code)) return v2Error(409, 'Coupon code already exists.')
    const coupon = { id: nextId(world), created: seconds(clock.now()), uses: 0, body }
    world.coupons.push(coupon)
    truth.add('coupon', body.name, { type: body.type, amount: body.amount })
    return { status: 201, json: couponJson(coupon) }
  }),

  route.put('/stores/:store/v2/coupons/:id', ({ world, params, json, truth }) => {
    const coupon =
      world.coupons.find(({ id }) => id === Number(params.id)) ??
      refuse(v2Error(404, 'The requested resource was not found.'))
    coupon.body = json(Coupon)
    truth.add('coupon-changed', coupon.body.name, { enabled: coupon.body['enabled'] })
    return { json: couponJson(coupon) }
  }),

  route.get('/stores/:store/v3/promotions', ({ world, query }) => {
    const name = query.get('name')
    return v3Page(world.promotions.filter(({ body }) => name === null || body.name === name).map(promotionJson), query)
  }),

  route.post('/stores/:store/v3/promotions', ({ world, json, truth }) => {
    const promotion = { id: nextId(world), body: json(NewPromotion), codes: [] }
    world.promotions.push(promotion)
    truth.add('promotion', promotion.body.name)
    return { status: 201, json: { data: promotionJson(promotion), meta: {} } }
  }),

  route.get('/stores/:store/v3/promotions/codes', ({ world, query }) => {
    const wanted = query.get('code')
    return v3Page(
      world.promotions
        .flatMap(({ codes }) => codes)
        .filter((each) => each.code === wanted)
        .map(codeJson),
      query,
    )
  }),

  route.post('/stores/:store/v3/promotions/:id/codes', ({ world, params, json, clock, truth }) => {
    const promotion = promotionOf(world, params.id)
    const body = json(NewCode)
    if (world.promotions.some(({ codes }) => codes.some((each) => each.code === body.code)))
      return {
        status: 422,
        json: { status: 422, title: 'The code is already in use', type: '', errors: { code: 'not unique' } },
      }
    const made = { id: nextId(world), ...body, current_uses: 0, created: seconds(clock.now()) }
    promotion.codes.push(made)
    truth.add('code', body.code, { promotion: promotion.body.name })
    return { status: 201, json: { data: codeJson(made), meta: {} } }
  }),

  route.delete('/stores/:store/v3/promotions/:id/codes/:code', ({ world, params, truth }) => {
    const promotion = promotionOf(world, params.id)
    const index = promotion.codes.findIndex(({ id }) => id === Number(params.code))
    const [gone] = index < 0 ? [] : promotion.codes.splice(index, 1)
    if (gone !== undefined) truth.add('code-deleted', gone.code)
    return { status: 204 }
  }),
]
