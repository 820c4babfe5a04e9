import { expect, it } from 'vitest'
import { z } from 'zod'
import { openAmazon } from '../../test/ask-amazon.ts'
import { Failure } from '../../test/ask-amazon.ts'
import type { Options } from './index.ts'

const Made = z.object({ id: z.string() })

/** A simulator with one order of three pieces, and its confirmation. */
async function withOrder(options: Partial<Options> = {}, order: object = {}) {
  const world = await openAmazon({ orders: 0, ...options })
  const { amazon } = world
  const given = { lines: [{ sku: 'MUG-RED', quantity: 3 }], at: amazon.clock.now() - 3_600_000, ...order }
  const { id } = Made.parse(amazon.act('place-order', given))
  const item = amazon.world.orders.get(id)?.lines[0]?.id ?? ''
  const confirm = (detail: object = {}, body: object = {}) =>
    world.ask('POST', `/orders/v0/orders/${id}/shipmentConfirmation`, {
      marketplaceId: 'A1PA6795UKMFR9',
      packageDetail: {
        packageReferenceId: '1',
        carrierCode: 'DHL',
        trackingNumber: '00340000000000000001',
        shipDate: '2026-06-01T11:30:00Z',
        orderItems: [{ orderItemId: item, quantity: 3 }],
        ...detail,
      },
      ...body,
    })
  const read = async (): Promise<unknown> =>
    (await world.ask('GET', `/orders/2026-01-01/orders/${id}?includedData=PACKAGES,FULFILLMENT`)).json
  return { ...world, id, item, confirm, read }
}

it('takes several packages, and a known reference changes its own', async () => {
  await using world = await withOrder()
  const { item, amazon, id } = world
  expect((await world.confirm({ orderItems: [{ orderItemId: item, quantity: 1 }] })).status).toBe(204)
  expect(await world.read()).toMatchObject({ order: { fulfillment: { fulfillmentStatus: 'PARTIALLY_SHIPPED' } } })
  const second = { packageReferenceId: '2', trackingNumber: 'T2', orderItems: [{ orderItemId: item, quantity: 2 }] }
  expect((await world.confirm(second)).status).toBe(204)
  expect((await world.confirm(second)).status).toBe(204)
  expect((await world.confirm({ ...second, trackingNumber: 'T3' })).status).toBe(204)
  expect(await world.read()).toMatchObject({
    order: {
      fulfillment: { fulfillmentStatus: 'SHIPPED' },
      orderItems: [{ fulfillment: { quantityFulfilled: 3, quantityUnfulfilled: 0 } }],
      packages: [{ packageReferenceId: '1' }, { packageReferenceId: '2', trackingNumber: 'T3' }],
    },
  })
  expect([amazon.truth.count('shipment'), amazon.truth.count('shipment-edited')]).toEqual([2, 1])
  expect(amazon.truth.doubled('shipment')).toEqual([])
  const late = await world.confirm({ packageReferenceId: '9', orderItems: [{ orderItemId: item, quantity: 1 }] })
  expect(Failure.parse(late.json).errors[0]?.details).toBe('PackageToUpdateNotFound')
  expect(amazon.truth.last('shipment', `${id}/T2`)).toBeDefined()
})

it.each([
  ['a reference that is a number', { packageReferenceId: 1 }],
  ['a reference that counts nothing', { packageReferenceId: 'P-1' }],
  ['a date of another form', { shipDate: '02/21/2022' }],
  ['a date in the future', { shipDate: '2026-06-01T12:00:01Z' }],
  ['a date before the order', { shipDate: '2026-06-01T10:59:59Z' }],
  ['an item of another order', { orderItems: [{ orderItemId: '1', quantity: 1 }] }],
  ['more than was ordered', { more: 4 }],
  ['Other without a name', { carrierCode: 'Other' }],
  ['no carrier', { carrierCode: undefined }],
])('answers 400 to %s', async (_, { more, ...detail }: { more?: number; [name: string]: unknown }) => {
  await using world = await withOrder()
  const items = more === undefined ? {} : { orderItems: [{ orderItemId: world.item, quantity: more }] }
  expect((await world.confirm({ ...detail, ...items })).status).toBe(400)
  expect(world.amazon.truth.count('shipment')).toBe(0)
})

it.each([
  ['an order of Amazon', { fulfilledBy: 'AMAZON' }],
  ['a pending order', { status: 'PENDING' }],
  ['a cancelled order', { status: 'CANCELLED' }],
  ['an order of another marketplace', { marketplaceId: 'A13V1IB3VIYZZH' }],
])('answers 400 to %s', async (_, order) => {
  await using world = await withOrder({}, order)
  expect((await world.confirm()).status).toBe(400)
})

it('answers 204 and forgets', async () => {
  await using world = await withOrder()
  expect((await world.confirm({ carrierCode: 'Musterbote' })).status).toBe(204)
  expect(await world.read()).not.toHaveProperty('order.packages')
  expect([world.amazon.truth.count('shipment'), world.amazon.truth.count('shipment-forgotten')]).toEqual([0, 1])
  expect((await world.confirm({ carrierCode: 'Other', carrierName: 'Musterbote' })).status).toBe(204)
  expect(await world.read()).toMatchObject({ order: { packages: [{ carrier: 'Musterbote' }] } })
  await using all = await withOrder({ dropConfirmations: 'all' })
  expect((await all.confirm()).status).toBe(204)
  expect(all.amazon.truth.count('shipment')).toBe(0)
})

it('shows a package when its time has come', async () => {
  await using world = await withOrder({ shipmentsShowAfter: 60_000 })
  expect((await world.confirm()).status).toBe(204)
  expect(await world.read()).not.toHaveProperty('order.packages')
  await world.amazon.clock.advance(60_000)
  expect(await world.read()).toHaveProperty('order.packages')
})

it('tells that the buyer has fetched it', async () => {
  await using world = await withOrder({}, { programs: ['IN_STORE_PICK_UP'] })
  const path = `/orders/v0/orders/${world.id}/shipment`
  const body = { marketplaceId: 'A1PA6795UKMFR9', shipmentStatus: 'PickedUp' }
  expect((await world.ask('POST', path, { ...body, marketplaceId: '1' })).status).toBe(400)
  expect((await world.ask('POST', path, body)).status).toBe(204)
  expect(await world.read()).toMatchObject({ order: { fulfillment: { fulfillmentStatus: 'SHIPPED' } } })
})
