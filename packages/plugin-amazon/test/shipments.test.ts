import { toInstant, type Instant, type Order, type Shipment } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { toOrder } from '../src/mapping/index.ts'
import { carrierFor } from '../src/tables/index.ts'
import { WireOrder } from '../src/wire/index.ts'
import { item, order } from './order-json.ts'
import { all, delivery, open, outcomeOf, readBack, STARTS, type Asked } from './support.ts'

const at = (text: string): Instant => toInstant(Date.parse(text))
const signal = AbortSignal.timeout(60_000)
const told = (over: object = {}): Order => toOrder(WireOrder.parse(order(over)))
const ID = '302-0000001-0000001'
const CONFIRM = `/orders/v0/orders/${ID}/shipmentConfirmation`
const shipment = (over: Partial<Shipment> = {}): Shipment => ({
  entity: 'shipments',
  id: 'parcel-1',
  about: { entity: 'orders', id: ID },
  carrier: 'DHL Paket',
  trackingNumber: '0034 0434',
  shippedAt: at(STARTS),
  ...over,
})
const parcel = { packageReferenceId: '7', trackingNumber: '00340434', packageStatus: { status: 'SHIPPED' } }
const bodies = (asked: readonly Asked[]): unknown[] =>
  asked.filter(({ path }) => path === CONFIRM).map(({ body }) => JSON.parse(body) as unknown)

describe('confirming a shipment', () => {
  it('sends one package with text for a number, and believes it only when the order shows it', async () => {
    let shown = false
    await using shop = await open(({ path }) =>
      path === CONFIRM
        ? { status: 204 }
        : path === `/orders/2026-01-01/orders/${ID}`
          ? { json: { order: order(shown ? { packages: [parcel] } : {}) } }
          : undefined,
    )
    const wish = delivery<'shipments'>(shipment(), { order: told() })
    const [outcome] = await all(shop.connection.writers.shipments.write([wish], signal))
    expect(outcome).toMatchObject({
      is: 'sent',
      ticket: expect.stringMatching(/^[1-9]\d*$/),
      askAt: '2026-06-01T12:16:00.000Z',
    })
    expect(bodies(shop.asked)).toEqual([
      {
        marketplaceId: 'A1PA6795UKMFR9',
        packageDetail: {
          packageReferenceId: expect.stringMatching(/^[1-9]\d*$/),
          carrierCode: 'DHL',
          trackingNumber: '0034 0434',
          shipDate: '2026-06-01T12:00:00.000Z',
          orderItems: [{ orderItemId: '10000000000001', quantity: 2 }],
        },
      },
    ])
    const asked = { ...wish, sent: { at: at(STARTS), ticket: 'x' } }
    const ask = async (): Promise<string[]> => outcomeOf(await readBack(shop.connection.writers.shipments, [asked]))
    expect(await ask()).toEqual(['sent'])
    shown = true
    expect(await ask()).toEqual(['done'])
    shown = false
    await shop.clock.advance(4 * 3_600_000)
    expect(await ask()).toEqual(['refused REQUEST_REJECTED'])
  })

  it('costs no call where the order was read again meanwhile, and is absent where nobody knows whether it arrived', async () => {
    await using shop = await open(({ path }) =>
      path.startsWith('/orders/2026') ? { json: { order: order() } } : undefined,
    )
    const { shipments } = shop.connection.writers
    const known = delivery<'shipments'>(shipment(), {
      order: told({ packages: [parcel] }),
      sent: { at: at(STARTS), ticket: 'x' },
    })
    expect(outcomeOf(await readBack(shipments, [known]))).toEqual(['done'])
    expect(outcomeOf(await all(shipments.write([known], signal)))).toEqual(['already'])
    expect(shop.asked).toEqual([])
    const doubtful = delivery<'shipments'>(shipment(), { order: told(), sent: { at: at(STARTS) } })
    expect(outcomeOf(await readBack(shipments, [doubtful]))).toEqual(['absent'])
  })

  it('does not take half a package for the whole, and makes it whole under its own id', async () => {
    const half = { ...parcel, packageItems: [{ orderItemId: '10000000000001', quantity: 1 }] }
    const shown = {
      packages: [half],
      orderItems: [item({ quantityOrdered: 2, fulfillment: { quantityFulfilled: 1, quantityUnfulfilled: 1 } })],
    }
    await using shop = await open(({ path }) =>
      path === CONFIRM
        ? { status: 204 }
        : path.startsWith('/orders/2026')
          ? { json: { order: order(shown) } }
          : undefined,
    )
    const { shipments } = shop.connection.writers
    for (const record of [shipment(), shipment({ lines: [{ lineId: '10000000000001', quantity: 2 }] })]) {
      const wish = delivery<'shipments'>(record, { order: told(shown), sent: { at: at(STARTS) } })
      expect(outcomeOf(await readBack(shipments, [wish]))).toEqual(['absent'])
      expect(outcomeOf(await all(shipments.write([wish], signal)))).toEqual(['sent'])
    }
    expect(bodies(shop.asked)).toMatchObject(
      [0, 1].map(() => ({ packageDetail: { orderItems: [{ orderItemId: '10000000000001', quantity: 2 }] } })),
    )
    // Once Amazon has taken it whole it is asked about and not sent again; what stays half is told to a person.
    const taken = delivery<'shipments'>(shipment(), { order: told(shown), sent: { at: at(STARTS), ticket: '7' } })
    expect(outcomeOf(await readBack(shipments, [taken]))).toEqual(['sent'])
    await shop.clock.advance(4 * 3_600_000)
    expect(outcomeOf(await readBack(shipments, [taken]))).toEqual(['refused ALREADY_DIFFERENT'])
    // One that holds what it should is that parcel, however much of the order is still open.
    const one = delivery<'shipments'>(shipment({ lines: [{ lineId: '10000000000001', quantity: 1 }] }), {
      order: told(shown),
    })
    expect(outcomeOf(await all(shipments.write([one], signal)))).toEqual(['already'])
  })

  it('has the same package id in every revision, and another for another parcel', async () => {
    await using shop = await open(({ path }) => (path === CONFIRM ? { status: 204 } : undefined))
    const wishes = [shipment(), shipment({ trackingNumber: '99' }), shipment({ id: 'parcel-2' })].map((record) =>
      delivery<'shipments'>(record, { order: told() }),
    )
    await all(shop.connection.writers.shipments.write(wishes, signal))
    const ids = bodies(shop.asked).map(
      (body) => (body as { packageDetail: { packageReferenceId: string } }).packageDetail.packageReferenceId,
    )
    expect(ids[0]).toBe(ids[1])
    expect(ids[0]).not.toBe(ids[2])
  })

  it('takes parts of lines, by id or SKU, and all that is open where none are named', async () => {
    await using shop = await open(({ path }) => (path === CONFIRM ? { status: 204 } : undefined))
    const two = told({
      fulfillment: { fulfillmentStatus: 'PARTIALLY_SHIPPED', fulfilledBy: 'MERCHANT' },
      orderItems: [
        item({ quantityOrdered: 3, fulfillment: { quantityFulfilled: 1, quantityUnfulfilled: 2 } }),
        item({
          orderItemId: '2',
          product: { sellerSku: 'ZWEI' },
          quantityOrdered: 1,
          fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 1 },
        }),
      ],
    })
    const lines: Shipment['lines'][] = [undefined, [{ lineId: '10000000000001', quantity: 1 }], [{ sku: 'ZWEI' }]]
    await all(
      shop.connection.writers.shipments.write(
        lines.map((each) => delivery<'shipments'>(shipment(each ? { lines: each } : {}), { order: two })),
        signal,
      ),
    )
    expect(
      bodies(shop.asked).map((body) => (body as { packageDetail: { orderItems: unknown } }).packageDetail.orderItems),
    ).toEqual([
      [
        { orderItemId: '10000000000001', quantity: 2 },
        { orderItemId: '2', quantity: 1 },
      ],
      [{ orderItemId: '10000000000001', quantity: 1 }],
      [{ orderItemId: '2', quantity: 1 }],
    ])
  })

  it('never names a day in the future or before the order', async () => {
    await using shop = await open(({ path }) => (path === CONFIRM ? { status: 204 } : undefined))
    const on = (day: string): Shipment => shipment({ shippedAt: at(day) })
    await all(
      shop.connection.writers.shipments.write(
        [on('2027-01-01T00:00:00Z'), on('2020-01-01T00:00:00Z')].map((record) =>
          delivery<'shipments'>(record, { order: told() }),
        ),
        signal,
      ),
    )
    expect(
      bodies(shop.asked).map((body) => (body as { packageDetail: { shipDate: string } }).packageDetail.shipDate),
    ).toEqual(['2026-06-01T12:00:00.000Z', '2026-05-30T08:00:00.000Z'])
  })

  it.each<[string, Partial<Shipment>, object, string]>([
    ['of FBA', {}, { fulfillment: { fulfillmentStatus: 'UNSHIPPED', fulfilledBy: 'AMAZON' } }, 'refused UNSUPPORTED'],
    ['without number', { trackingNumber: null }, {}, 'refused TRACKING_INVALID'],
    ['without carrier', { carrier: null }, {}, 'refused CARRIER_UNKNOWN'],
    ['of an unknown line', { lines: [{ sku: 'NIX' }] }, {}, 'refused REQUEST_REJECTED'],
    ['that is only announced', { status: { value: 'announced' } }, {}, 'waiting NOT_YET'],
    ['that was cancelled', { status: { value: 'cancelled' } }, {}, 'refused UNSUPPORTED'],
  ])('%s is not sent', async (_, over, order_, expected) => {
    await using shop = await open(() => undefined)
    expect(
      outcomeOf(
        await all(
          shop.connection.writers.shipments.write(
            [delivery<'shipments'>(shipment(over), { order: told(order_) })],
            signal,
          ),
        ),
      ),
    ).toEqual([expected])
    expect(shop.asked).toEqual([])
  })

  it('of an order that is shipped already is done where the number stands there, else refused', async () => {
    const shipped = {
      fulfillment: { fulfillmentStatus: 'SHIPPED', fulfilledBy: 'MERCHANT' },
      orderItems: [item({ fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 0 } })],
    }
    let packages: unknown[] = [parcel]
    await using shop = await open(({ path }) =>
      path === CONFIRM
        ? {
            status: 400,
            json: {
              errors: [{ code: 'InvalidInput', message: 'PackageToUpdateNotFound: Unable to find package to update' }],
            },
          }
        : path.startsWith('/orders/2026')
          ? { json: { order: order({ ...shipped, packages }) } }
          : undefined,
    )
    const write = async (known: Order): Promise<string[]> =>
      outcomeOf(
        await all(
          shop.connection.writers.shipments.write([delivery<'shipments'>(shipment(), { order: known })], signal),
        ),
      )
    expect(await write(told(shipped))).toEqual(['already'])
    expect(await write(told())).toEqual(['already'])
    packages = []
    expect(await write(told(shipped))).toEqual(['refused ALREADY_DIFFERENT'])
    expect(await write(told())).toEqual(['refused REQUEST_REJECTED'])
  })

  it('fetched in the store tells that it is ready, and that it was fetched', async () => {
    await using shop = await open(({ path }) => (path.endsWith('/shipment') ? { status: 204 } : undefined))
    const pickup = told({ programs: ['IN_STORE_PICK_UP'] })
    const wishes = [shipment({ trackingNumber: null }), shipment({ status: { value: 'delivered' } })].map((record) =>
      delivery<'shipments'>(record, { order: pickup }),
    )
    expect(outcomeOf(await all(shop.connection.writers.shipments.write(wishes, signal)))).toEqual(['done', 'done'])
    expect(
      shop.asked.filter(({ path }) => path.endsWith('/shipment')).map(({ body }) => JSON.parse(body) as unknown),
    ).toEqual([
      { marketplaceId: 'A1PA6795UKMFR9', shipmentStatus: 'ReadyForPickup' },
      { marketplaceId: 'A1PA6795UKMFR9', shipmentStatus: 'PickedUp' },
    ])
  })

  it.each([
    ['dhl', { carrierCode: 'DHL' }],
    ['Hermes', { carrierCode: 'Hermes Logistik Gruppe' }],
    ['Colissimo', { carrierCode: 'La Poste' }],
    ['Muster Kurier', { carrierCode: 'Other', carrierName: 'Muster Kurier' }],
    ['Haus-Bote', { carrierCode: 'Other', carrierName: 'Bote' }],
    ['Post', { carrierCode: 'Deutsche Post' }],
  ])('by %s names the carrier as Amazon does', (name, expected) => {
    expect(carrierFor(name, { 'haus bote': 'Other: Bote', Post: 'Deutsche Post' }, 'DE')).toEqual(expected)
  })
})
