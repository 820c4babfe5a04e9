import { Instant, type Order, Shipment } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { all, delivery, openShop, outcomeOf } from '../../test/shop.ts'

const since = '2026-05-01T00:00:00Z'
const Made = z.object({ id: z.number() })
type World = Awaited<ReturnType<typeof openShop>>

async function orderOf({ shop, connection }: World, given: object): Promise<Order> {
  const { id } = Made.parse(shop.act('place-order', given))
  const records = (await all(connection.readers.orders.read({ since }))).flatMap((page) => page.records)
  const found = records.find((record) => record.id === String(id))
  if (found === undefined) throw new Error('the order was not read')
  return found
}

const parcel = (over: Partial<Shipment> = {}): Shipment =>
  Shipment.parse({
    entity: 'shipments',
    id: 's1',
    about: { id: '1' },
    carrier: 'DHL Paket',
    trackingNumber: '00340434',
    trackingUrl: 'https://track.example.com/00340434',
    ...over,
  })

describe('the shipments writer', () => {
  it('reports all that is open, with the slug of the carrier, and once', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, {
      lines: [
        { sku: 'SKU-1', quantity: 2 },
        { sku: 'SKU-2', quantity: 1 },
      ],
    })
    const wish = delivery<'shipments'>(parcel(), { order })
    const [outcome] = await all(world.connection.writers.shipments.write([wish]))
    expect(outcome).toMatchObject({ is: 'done', reference: String(world.shop.world.shipments[0]?.id) })
    expect(world.shop.world.shipments).toMatchObject([
      { carrier: 'dhl-germany', tracking: '00340434', items: [{ quantity: 2 }, { quantity: 1 }] },
    ])
    expect(outcomeOf(await all(world.connection.writers.shipments.write([wish])))).toEqual(['already'])
    expect(world.shop.truth.count('shipment')).toBe(1)
  })

  it('reports some pieces, then the rest', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, { lines: [{ sku: 'SKU-1', quantity: 3 }] })
    const first = delivery<'shipments'>(parcel({ lines: [{ sku: 'SKU-1', quantity: 2 }] }), { order })
    const second = delivery<'shipments'>(
      parcel({ id: 's2', trackingNumber: '77', lines: [{ lineId: order.lines?.[0]?.id, quantity: 5 }] }),
      { order },
    )
    expect(outcomeOf(await all(world.connection.writers.shipments.write([first, second])))).toEqual(['done', 'done'])
    expect(world.shop.world.shipments.map(({ items }) => items[0]?.quantity)).toEqual([2, 1])
  })

  it('makes one shipment for each address', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, {
      addresses: 2,
      lines: [
        { sku: 'SKU-1', quantity: 1 },
        { sku: 'SKU-2', quantity: 1 },
      ],
    })
    const [outcome] = await all(world.connection.writers.shipments.write([delivery<'shipments'>(parcel(), { order })]))
    expect(outcome).toMatchObject({ is: 'done', reference: world.shop.world.shipments.map(({ id }) => id).join(',') })
    expect(world.shop.world.shipments.length).toBe(2)
  })

  it('whose answer was lost is found by asking, and not reported twice', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, { lines: [{ sku: 'SKU-1', quantity: 1 }] })
    const wish = delivery<'shipments'>(parcel(), { order })
    world.shop.faults.add({ match: { method: 'POST' }, do: 'dropAnswer' })
    await expect(all(world.connection.writers.shipments.write([wish]))).rejects.toMatchObject({ retry: 'backoff' })
    expect(outcomeOf(await all(world.connection.writers.shipments.readBack?.([wish]) ?? none()))).toEqual(['done'])
    expect(world.shop.truth.count('shipment')).toBe(1)
  })

  it('half of which was reported when it broke off is completed', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, {
      addresses: 2,
      lines: [
        { sku: 'SKU-1', quantity: 1 },
        { sku: 'SKU-2', quantity: 1 },
      ],
    })
    const wish = delivery<'shipments'>(parcel(), { order })
    world.shop.faults.add({ match: { method: 'POST', nth: 2 }, do: 'status', status: 500 })
    await expect(all(world.connection.writers.shipments.write([wish]))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    })
    expect(outcomeOf(await all(world.connection.writers.shipments.readBack?.([wish]) ?? none()))).toEqual(['absent'])
    expect(outcomeOf(await all(world.connection.writers.shipments.write([wish])))).toEqual(['done'])
    expect(world.shop.world.shipments.length).toBe(2)
  })

  it('that was never sent is absent', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, { lines: [{ sku: 'SKU-1', quantity: 1 }] })
    expect(
      outcomeOf(
        await all(
          world.connection.writers.shipments.readBack?.([delivery<'shipments'>(parcel(), { order })]) ?? none(),
        ),
      ),
    ).toEqual(['absent'])
  })

  it('without a tracking number is known by the time it was sent', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, { lines: [{ sku: 'SKU-1', quantity: 2 }] })
    const record = parcel({ trackingNumber: null, trackingUrl: null, lines: [{ sku: 'SKU-1', quantity: 1 }] })
    await all(world.connection.writers.shipments.write([delivery<'shipments'>(record, { order })]))
    await world.shop.clock.advance(3_600_000)
    const later = delivery<'shipments'>(
      { ...record, id: 's2' },
      { order, sent: { at: Instant.parse('2026-06-01T13:00:00Z') } },
    )
    expect(outcomeOf(await all(world.connection.writers.shipments.readBack?.([later]) ?? none()))).toEqual(['absent'])
  })

  it('is refused for an unknown line and for pieces that are shipped already', async () => {
    await using world = await openShop({ options: { orders: 0 } })
    const order = await orderOf(world, { lines: [{ sku: 'SKU-1', quantity: 1 }] })
    const wrong = delivery<'shipments'>(parcel({ lines: [{ sku: 'SKU-9', quantity: 1 }] }), { order })
    expect(outcomeOf(await all(world.connection.writers.shipments.write([wrong])))).toEqual([
      'refused REQUEST_REJECTED',
    ])
    await all(world.connection.writers.shipments.write([delivery<'shipments'>(parcel(), { order })]))
    const corrected = delivery<'shipments'>(parcel({ trackingNumber: '99' }), { order })
    expect(outcomeOf(await all(world.connection.writers.shipments.write([corrected])))).toEqual([
      'refused ALREADY_DIFFERENT',
    ])
    expect(outcomeOf(await all(world.connection.writers.shipments.write([delivery<'shipments'>(parcel())])))).toEqual([
      'waiting ORDER_UNKNOWN',
    ])
  })

  it('leaves out a carrier it has no slug for, and takes one from the config', async () => {
    await using world = await openShop({
      options: { orders: 0 },
      config: { carriers: { 'Fahrrad-Kurier': 'bike-courier' } },
    })
    const order = await orderOf(world, { lines: [{ sku: 'SKU-1', quantity: 2 }] })
    const line = { lines: [{ sku: 'SKU-1', quantity: 1 }] }
    await all(
      world.connection.writers.shipments.write([
        delivery<'shipments'>(parcel({ ...line, carrier: 'Brieftaube' }), { order }),
        delivery<'shipments'>(parcel({ ...line, id: 's2', trackingNumber: '8', carrier: 'fahrrad kurier' }), { order }),
      ]),
    )
    expect(world.shop.world.shipments.map(({ carrier, link }) => [carrier, link])).toEqual([
      ['', 'https://track.example.com/00340434'],
      ['bike-courier', 'https://track.example.com/00340434'],
    ])
  })
})

async function* none(): AsyncIterable<never> {}
