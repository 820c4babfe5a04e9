import { expect, it } from 'vitest'
import { z } from 'zod'
import { openAmazon } from '../../test/ask-amazon.ts'
import { FBA_SKU, SELLER_ID } from './index.ts'

const DE = 'A1PA6795UKMFR9'
const items = (sku: string, query = ''): string =>
  `/listings/2021-08-01/items/${SELLER_ID}/${encodeURIComponent(sku)}?marketplaceIds=${DE}${query}`

const stock = (quantity: number, channel = 'DEFAULT', op = 'merge') => ({
  op,
  path: '/attributes/fulfillment_availability',
  value: [{ fulfillment_channel_code: channel, quantity }],
})
const price = (value: number, op = 'merge', currency = 'EUR') => ({
  op,
  path: '/attributes/purchasable_offer',
  value: [
    {
      marketplace_id: DE,
      currency,
      audience: 'ALL',
      our_price: [{ schedule: [{ value_with_tax: value }] }],
    },
  ],
})
const body = (...patches: object[]) => ({ productType: 'PRODUCT', patches })
const Submission = z.object({
  status: z.string(),
  issues: z.array(z.looseObject({ code: z.string(), severity: z.string() })),
})

it('takes stock and price of a SKU in one patch, whatever is in its name', async () => {
  await using world = await openAmazon({ orders: 0 })
  for (const sku of ['MUG-RED', 'SET/50% +ß', 'Größe 42 & mehr']) {
    const answer = await world.ask('PATCH', items(sku), body(stock(7), price(21.5)))
    expect(Submission.parse(answer.json)).toEqual({ status: 'ACCEPTED', issues: [] })
    const read = await world.ask('GET', items(sku, '&includedData=offers,fulfillmentAvailability,attributes'))
    expect(read.json).toMatchObject({
      sku,
      offers: [{ marketplaceId: DE, price: { amount: '21.50', currencyCode: 'EUR' } }],
      fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 7 }],
      attributes: { fulfillment_availability: [{ lead_time_to_ship_max_days: 2 }] },
    })
    expect(world.amazon.truth.last('stock', sku)?.detail).toBe(7)
    expect(world.amazon.truth.last('price', `${sku}@${DE}`)?.detail).toBe(21.5)
  }
  await world.ask('PATCH', items('MUG-RED'), body(stock(7), price(21.5)))
  expect(world.amazon.truth.count('stock')).toBe(3)
})

it('wipes with replace what merge keeps', async () => {
  await using world = await openAmazon({ orders: 0 })
  const attributes = () => world.amazon.world.listings.get('MUG-RED')?.attributes
  const business = { ...price(9), value: [{ ...price(9).value[0], audience: 'B2B' }] }
  await world.ask('PATCH', items('MUG-RED'), body(business, price(12)))
  const german = () => attributes()?.['purchasable_offer']?.filter((one) => JSON.stringify(one).includes(DE))
  expect(german()).toHaveLength(2)
  await world.ask('PATCH', items('MUG-RED'), body(price(13, 'replace'), stock(5, 'DEFAULT', 'replace')))
  expect(german()).toHaveLength(1)
  expect(attributes()?.['purchasable_offer']).toHaveLength(8)
  expect(attributes()?.['fulfillment_availability']).toEqual([{ fulfillment_channel_code: 'DEFAULT', quantity: 5 }])
})

it.each([
  ['an unknown SKU', 'NOWHERE', stock(1)],
  ['stock that Amazon holds', FBA_SKU, stock(1)],
  ["stock in Amazon's channel", 'MUG-RED', stock(1, 'AMAZON_EU')],
  ['less than nothing', 'MUG-RED', stock(-1)],
  ['a price of nothing', 'MUG-RED', price(0)],
  ['another currency', 'MUG-RED', price(5, 'merge', 'GBP')],
  ['a path below an attribute', 'MUG-RED', { ...price(5), path: '/attributes/purchasable_offer/0' }],
])('answers 200 and INVALID to %s', async (_, sku, patch) => {
  await using world = await openAmazon({ orders: 0 })
  const answer = await world.ask('PATCH', items(sku), body(patch))
  expect(answer.status).toBe(200)
  expect(Submission.parse(answer.json)).toMatchObject({ status: 'INVALID', issues: [{ severity: 'ERROR' }] })
  expect(world.amazon.truth.count('stock') + world.amazon.truth.count('price')).toBe(0)
})

it('may make an incomplete listing of an unknown SKU', async () => {
  await using world = await openAmazon({ orders: 0, unknownSku: 'incomplete' })
  expect(Submission.parse((await world.ask('PATCH', items('NOWHERE'), body(stock(1)))).json).status).toBe('ACCEPTED')
  expect(world.amazon.truth.byKey('listing-incomplete').has('NOWHERE')).toBe(true)
})

it('changes nothing for a preview, and later when it is slow', async () => {
  await using world = await openAmazon({ orders: 0, listingDelay: 1000 })
  const preview = await world.ask('PATCH', items('MUG-RED', '&mode=VALIDATION_PREVIEW'), body(stock(3)))
  expect(Submission.parse(preview.json).status).toBe('VALID')
  await world.ask('PATCH', items('MUG-RED'), body(stock(4)))
  expect(world.amazon.truth.count('stock')).toBe(0)
  await world.amazon.clock.advance(1000)
  expect(world.amazon.truth.last('stock', 'MUG-RED')?.detail).toBe(4)
})

it('refuses another seller and another region, and does not find what is not there', async () => {
  await using world = await openAmazon({ orders: 0 })
  const foreign = items('MUG-RED').replace(SELLER_ID, 'A9EXAMPLEOTHER')
  expect((await world.ask('PATCH', foreign, body(stock(1)))).status).toBe(403)
  expect((await world.ask('PATCH', items('MUG-RED').replace(DE, 'ATVPDKIKX0DER'), body(stock(1)))).status).toBe(403)
  expect((await world.ask('GET', items('NOWHERE'))).status).toBe(404)
  expect((await world.ask('PATCH', items('MUG-RED'), { patches: [] })).status).toBe(400)
})

it('searches by pages, with a token that has its own name', async () => {
  await using world = await openAmazon({ orders: 0 })
  const path = `/listings/2021-08-01/items/${SELLER_ID}?marketplaceIds=${DE}&pageSize=5`
  const Found = z.looseObject({
    items: z.array(z.looseObject({ sku: z.string() })),
    pagination: z.object({ nextToken: z.string() }).optional(),
  })
  const first = Found.parse((await world.ask('GET', path)).json)
  const token = first.pagination?.nextToken ?? ''
  const second = Found.parse((await world.ask('GET', `${path}&pageToken=${token}`)).json)
  expect([...first.items, ...second.items].map(({ sku }) => sku)).toEqual([...world.amazon.world.listings.keys()])
  expect(second.pagination).toBeUndefined()
  const wrong = Found.parse((await world.ask('GET', `${path}&nextToken=${token}`)).json)
  expect(wrong.items).toEqual(first.items)
})
