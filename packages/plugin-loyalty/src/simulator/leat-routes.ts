import { refuse, routesFor, type Call } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { contactJson, contactOf, echoes, failure, makeContact, transactionJson } from './answers.ts'
import {
  OTHER_SHOP,
  OTHER_TOKEN,
  ROOT,
  SHOP,
  type Contact,
  type Options,
  type Transaction,
  type World,
} from './world.ts'

const route = routesFor<World, Options>()

const NewReception = z.looseObject({
  contact_uuid: z.string(),
  shop_uuid: z.string(),
  credits: z.number().optional(),
  unit_value: z.number().optional(),
  unit_name: z.string().optional(),
})
const Redemption = z.object({ contact_uuid: z.string(), shop_uuid: z.string(), reward_uuid: z.string() })
const Part = z.looseObject({
  external_identifier: z.string(),
  total_amount: z.number().int().optional(),
  amount: z.number().int().optional(),
})
const NewOrder = z.object({
  external_identifier: z.string(),
  status: z.enum(['CREATED', 'PENDING', 'COMPLETED', 'CANCELLED']),
  payment_status: z.enum(['UNPAID', 'PENDING', 'PAID']),
  contact: z.object({ uuid: z.string() }),
  business_profile: z.object({ uuid: z.string() }),
  line_items: z.array(Part),
  charges: z.array(Part).default([]),
  applied_discounts: z.array(Part).default([]),
})

const sum = (parts: readonly z.output<typeof Part>[]): number =>
  parts.reduce((all, part) => all + (part.total_amount ?? part.amount ?? 0), 0)

const shopOf = (headers: Readonly<Record<string, string>>): string =>
  headers['authorization'] === `Bearer ${OTHER_TOKEN}` ? OTHER_SHOP : SHOP

type Scene = Pick<Call<World, Options>, 'world' | 'options' | 'random' | 'clock' | 'truth'>

/** No idempotency of any kind: whatever is asked is booked. */
function book(
  { world, options, random, clock, truth }: Scene,
  contact: Contact,
  made: Pick<Transaction, 'type' | 'credits' | 'unitValue' | 'attributes' | 'reward'>,
): Transaction {
  if (contact.balance + made.credits < 0 && !options.negative) return refuse(failure(1017, 'Onvoldoende punten'))
  contact.balance += made.credits
  const transaction = {
    ...made,
    contact,
    uuid: random.uuid(),
    created: Math.floor(clock.now() / 1000) * 1000,
    reversed: false,
  }
  world.transactions.unshift(transaction)
  truth.add(made.type, made.attributes['kontor_key'] ?? transaction.uuid, {
    credits: made.credits,
    contact: contact.email,
  })
  return transaction
}

const needShop = (uuid: string): void => void (uuid === SHOP || refuse(failure(1008, 'Shop not found.')))
const answer = (transaction: Transaction, { world, options }: Scene): { json: unknown } => ({
  json: { data: transactionJson(transaction, echoes(world, options)), meta: {} },
})

export const leatRoutes = [
  route.get(ROOT, () => ({ json: { data: {}, meta: {} } })),
  route.get(`${ROOT}/shops`, ({ headers }) => ({
    json: { data: [{ uuid: shopOf(headers), name: 'Muster shop', type: 'web', reference: null }], meta: [] },
  })),

  route.get(`${ROOT}/contacts/find-or-create`, ({ world, query, random, truth }) => {
    const email = query.get('email') ?? ''
    if (!email.includes('@')) return failure(1003, 'Invalid input.')
    const known = world.contacts.find((one) => one.email === email)
    if (known === undefined) truth.add('contact', email)
    return { json: { data: contactJson(known ?? makeContact(world, random, email)), meta: {} } }
  }),

  route.get(`${ROOT}/contacts/find-one-by`, ({ world, query }) => {
    const found = world.contacts.find((one) => one.email === query.get('email'))
    return found === undefined
      ? failure(55031, 'Contact niet gevonden.')
      : { json: { data: contactJson(found), meta: {} } }
  }),

  route.get(`${ROOT}/contacts/:uuid`, ({ world, params }) => ({
    json: { data: contactJson(contactOf(world, params.uuid)), meta: {} },
  })),
  route.get(`${ROOT}/contacts/:uuid/credit-balance`, ({ world, params }) => ({
    json: { data: { balance: contactOf(world, params.uuid).balance }, meta: [] },
  })),

  route.get(`${ROOT}/credit-receptions/calculate`, ({ query, options }) => ({
    json: { data: { credits: Math.round(Number(query.get('unit_value')) * options.rate) }, meta: {} },
  })),

  route.post(`${ROOT}/credit-receptions`, (call) => {
    const {
      contact_uuid: contact,
      shop_uuid: shop,
      credits,
      unit_value: value,
      unit_name: _unit,
      ...rest
    } = call.json(NewReception)
    needShop(shop)
    if ((credits === undefined) === (value === undefined)) return failure(1003, 'Invalid input.')
    const attributes = Object.fromEntries(Object.entries(rest).map(([name, text]) => [name, String(text)]))
    const amount = credits ?? Math.round((value ?? 0) * call.options.rate)
    return answer(
      book(call, contactOf(call.world, contact), {
        type: 'credit_reception',
        credits: amount,
        unitValue: value ?? null,
        attributes,
        reward: undefined,
      }),
      call,
    )
  }),

  route.get(`${ROOT}/loyalty-transactions`, ({ world, query, options }) => {
    const [contact, type, since] = [
      query.get('contact_uuid'),
      query.get('type'),
      Date.parse(query.get('created_at[gte]') ?? ''),
    ]
    const found = world.transactions
      .filter((one) => contact === null || one.contact.uuid === contact)
      .filter((one) => type === null || `${one.type}s` === type)
      .filter((one) => Number.isNaN(since) || one.created >= since)
    const [page, limit] = [Number(query.get('page') ?? 1), Math.min(100, Number(query.get('limit') ?? 10))]
    const rows = found.slice((page - 1) * limit, page * limit)
    return {
      json: {
        data: rows.map((one) => transactionJson(one, echoes(world, options))),
        meta: { page, limit, last_page: Math.max(1, Math.ceil(found.length / limit)), total: found.length },
      },
    }
  }),

  route.get(`${ROOT}/loyalty-transaction-attributes`, ({ world }) => ({
    json: { data: [...world.attributeNames].map((name) => ({ name, data_type: 'text' })), meta: {} },
  })),
  route.post(`${ROOT}/loyalty-transaction-attributes`, ({ world, json, truth }) => {
    const { name } = json(z.looseObject({ name: z.string() }))
    if (world.attributeNames.has(name)) return failure(1003, 'Invalid input.')
    world.attributeNames.add(name)
    truth.add('attribute', name)
    return { json: { data: { name, data_type: 'text' }, meta: {} } }
  }),

  route.get(`${ROOT}/rewards`, ({ world }) => ({
    json: {
      data: world.rewards.map(({ uuid, title, cost, active, stock }, index) => ({
        id: index + 1,
        uuid,
        title,
        type: 'DIGITAL',
        reward_type: 'DIGITAL',
        required_credits: cost,
        is_active: active,
        description: null,
        media: null,
        stock,
      })),
      meta: {},
    },
  })),

  route.post(`${ROOT}/reward-receptions`, (call) => {
    const body = call.json(Redemption)
    needShop(body.shop_uuid)
    const reward =
      call.world.rewards.find(({ uuid }) => uuid === body.reward_uuid) ?? refuse(failure(6003, 'Reward not found.'))
    if (!reward.active) return failure(1052, 'Reward is inactive.')
    if (reward.stock === 0) return failure(1018, 'The stock on this reward is empty.')
    if (reward.stock !== null) reward.stock -= 1
    const contact = contactOf(call.world, body.contact_uuid)
    if (contact.balance < reward.cost) return failure(1017, 'Onvoldoende punten')
    return answer(
      book(call, contact, {
        type: 'reward_reception',
        credits: -reward.cost,
        unitValue: null,
        attributes: {},
        reward: reward.uuid,
      }),
      call,
    )
  }),

  route.post(`${ROOT}/reward-receptions/:uuid/reverse`, (call) => {
    const found =
      call.world.transactions.find(({ uuid, type }) => uuid === call.params.uuid && type === 'reward_reception') ??
      refuse(failure(1028, 'Reception not found.'))
    if (found.reversed) return failure(1003, 'Invalid input.')
    found.reversed = true
    return answer(
      book(call, found.contact, {
        type: 'credit_reception',
        credits: -found.credits,
        unitValue: null,
        attributes: {},
        reward: undefined,
      }),
      call,
    )
  }),

  route.post(`${ROOT}/orders/create-and-process`, (call) => {
    const body = call.json(NewOrder)
    needShop(body.business_profile.uuid)
    if (call.world.orders.some(({ externalId }) => externalId === body.external_identifier))
      return failure(1003, 'Invalid input.')
    const contact = contactOf(call.world, body.contact.uuid)
    const total = sum(body.line_items) + sum(body.charges) - sum(body.applied_discounts)
    const order = { uuid: call.random.uuid(), externalId: body.external_identifier, contact, total }
    call.world.orders.push(order)
    call.truth.add('order', body.external_identifier, { total })
    const json = {
      order: {
        uuid: order.uuid,
        external_identifier: order.externalId,
        status: body.status,
        payment_status: body.payment_status,
      },
    }
    if (!call.options.orderAction) return { json: { data: { ...json, result: [] }, meta: {} } }
    const made = book(call, contact, {
      type: 'credit_reception',
      credits: Math.round((total / 100) * call.options.rate),
      unitValue: null,
      attributes: {},
      reward: undefined,
    })
    return {
      json: {
        data: {
          ...json,
          result: { type: 'POINTS_TRANSACTION', data: { points: made.credits, new_balance: contact.balance } },
        },
        meta: {},
      },
    }
  }),

  route.get(`${ROOT}/orders/find`, ({ world, query }) => {
    const found = world.orders.find(({ externalId }) => externalId === query.get('external_identifier'))
    return found === undefined
      ? failure(55031, 'Order not found.', 404)
      : { json: { data: { uuid: found.uuid, external_identifier: found.externalId, status: 'COMPLETED' }, meta: {} } }
  }),
]
