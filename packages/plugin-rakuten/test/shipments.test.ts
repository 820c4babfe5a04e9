import { toInstant, type Order, type Outcome, type Shipment } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { RakutenConfig } from '../src/index.ts'
import type { Sale } from '../src/simulator/index.ts'
import { planTransport } from '../src/writers/transport.ts'
import {
  all,
  calls,
  deliver,
  must,
  openRakuten,
  orderOf,
  place,
  signal,
  startRakuten,
  type Shop,
  readBackOrders,
  actionOf,
} from './open.ts'

const empty = { sales: 0 }
const parcel = (sale: { purchaseId: string }, more: Partial<Shipment> = {}): Shipment => ({
  entity: 'shipments',
  id: `parcel-${sale.purchaseId}`,
  about: { entity: 'orders', id: sale.purchaseId },
  carrier: 'Colissimo',
  trackingNumber: '6C 000 174',
  ...more,
})
async function ship(shop: Shop, sale: Sale, more: Partial<Shipment> = {}, order?: Order): Promise<Outcome> {
  const about = order ?? (await orderOf(shop, sale))
  const [outcome] = await all(
    shop.writers.orders.write([deliver<'shipments'>(parcel(sale, more), { order: about })], signal),
  )
  return must(outcome)
}
const trackings = (sale: Sale) => sale.units.map(({ tracking }) => tracking)

describe('what Rakuten is told about a parcel', () => {
  const config = (more: object = {}) => RakutenConfig.parse({ login: 'muster-shop', ...more })
  const order = (source: string, more: Partial<Order> = {}): Order => ({
    entity: 'orders',
    id: '1',
    shippingService: { value: 'standard', source },
    shipTo: { address: { countryCode: 'FR', postalCode: '75010' } },
    ...more,
  })
  const told = (source: string, shipment: Partial<Shipment> = {}, options: object = {}, more: Partial<Order> = {}) =>
    planTransport(parcel({ purchaseId: '1' }, shipment), order(source, more), config(options))

  it.each([
    ['Normal', {}, { transporter: '', trackingNumber: 'Oui', trackingUrl: '' }],
    ['Retrait chez le vendeur', {}, { transporter: '', trackingNumber: 'Oui', trackingUrl: '' }],
    ['So Colissimo', { trackingNumber: null }, { transporter: 'So Colissimo', trackingNumber: 'Oui', trackingUrl: '' }],
    [
      'Suivi',
      {},
      {
        transporter: 'Colissimo',
        trackingNumber: '6C000174',
        trackingUrl: 'https://www.laposte.fr/outils/suivre-vos-envois?code=6C000174',
      },
    ],
    ['SUIVI', { carrier: 'colis privé' }, { transporter: 'Colis Prive' }],
    ['Suivi', { carrier: 'DHL' }, { transporter: 'DHL' }],
    ['Suivi', { carrier: 'DPD' }, { transporter: 'DPD', trackingUrl: 'https://trace.dpd.fr/fr/trace/6C000174' }],
    [
      'Point relais Mondial Relay',
      { carrier: 'mondial-relay' },
      { transporter: 'Mondial Relay', trackingUrl: expect.stringContaining('mondialrelay.fr') },
    ],
    ['Livraison express', { carrier: 'Chronopost' }, { transporter: 'Chronopost' }],
    ['Suivi', { trackingUrl: 'https://example.com/t/1' }, { trackingUrl: 'https://example.com/t/1' }],
  ])('%s with %j', (mode, shipment, expected) => {
    expect(told(mode, shipment)).toMatchObject(expected)
  })

  it('follows the configuration before all tables', () => {
    expect(
      told(
        'Suivi',
        { carrier: 'HAUSBOTE' },
        { carriers: { Hausbote: { transporter: 'Autre', trackingUrl: 'https://example.com/{country}/{number}' } } },
      ),
    ).toEqual({
      transporter: 'Autre',
      trackingNumber: '6C000174',
      trackingUrl: 'https://example.com/FR/6C000174',
    })
    expect(told('Suivi', { carrier: 'DHL Paket' }, { carriers: { 'DHL Paket': 'DHL' } })).toMatchObject({
      transporter: 'DHL',
    })
  })
  it('is `Autre` for an unknown carrier only where that is allowed, and never without a URL', () => {
    expect(told('Suivi', { carrier: 'Brieftaube' })).toMatchObject({
      error: {
        code: 'CARRIER_UNKNOWN',
        key: 'carriers.Brieftaube',
        message: expect.stringMatching(/Add it to `carriers`/),
      },
    })
    expect(told('Suivi', { carrier: 'Brieftaube' }, { unknownCarrier: 'autre' })).toMatchObject({
      error: { code: 'TRACKING_INVALID' },
    })
    expect(
      told('Suivi', { carrier: 'Brieftaube' }, { unknownCarrier: 'autre', universalTracking: true }),
    ).toMatchObject({ transporter: 'Autre', trackingUrl: 'https://t.17track.net/en#nums=6C000174' })
  })
  it('is refused without number or carrier, and with a URL that is none', () => {
    expect(told('Suivi', { trackingNumber: ' ' })).toMatchObject({ error: { code: 'TRACKING_INVALID' } })
    expect(told('Suivi', { carrier: null })).toMatchObject({ error: { code: 'CARRIER_UNKNOWN' } })
    expect(told('Suivi', { trackingUrl: 'javascript:alert(1)' })).toMatchObject({ error: { code: 'TRACKING_INVALID' } })
    expect(told('Suivi', { trackingUrl: `https://example.com/${'x'.repeat(300)}` })).toMatchObject({
      error: { code: 'TRACKING_INVALID' },
    })
  })
})

describe('confirming', () => {
  it('sends all parcels of a batch in one file, and reads them back from one list', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sales = [
      place(system, { kind: 'twins', status: 'ACCEPTED' }),
      place(system, { status: 'ACCEPTED' }),
      place(system, { kind: 'normal', status: 'ACCEPTED' }),
    ]
    const deliveries = await Promise.all(
      sales.map(async (sale) => deliver<'shipments'>(parcel(sale), { order: await orderOf(shop, sale) })),
    )
    system.exchanges.clear()
    const outcomes = await all(shop.writers.orders.write(deliveries, signal))
    expect(outcomes.map(({ is }) => is)).toEqual(['sent', 'sent', 'sent'])
    expect(calls(system, 'importitemshippingstatus')).toHaveLength(1)
    expect(system.exchanges.total).toBeGreaterThan(0)
    expect(trackings(must(sales[0]))).toEqual(
      [1, 2].map(() => ({
        transporter: 'Colissimo',
        number: '6C000174',
        url: 'https://www.laposte.fr/outils/suivre-vos-envois?code=6C000174',
      })),
    )
    expect(trackings(must(sales[2]))).toEqual([{ transporter: '', number: 'Oui', url: '' }])
    system.exchanges.clear()
    const asked = deliveries.map((delivery, index) => ({
      ...delivery,
      sent: { at: must(delivery.order?.orderedAt), ...sentOf(outcomes[index]) },
    }))
    expect((await readBackOrders(shop, asked)).map(({ is }) => is)).toEqual(['done', 'done', 'done'])
  })

  it('a second time writes nothing', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    const order = await orderOf(shop, sale)
    await ship(shop, sale, {}, order)
    expect(await ship(shop, sale, {}, order)).toMatchObject({ is: 'already' })
    expect(calls(system, 'importitemshippingstatus')).toHaveLength(1)
  })

  it('of some pieces confirms so many, and the next parcel the others', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', quantity: 3, status: 'ACCEPTED' })
    const lines = (quantity: number) => [{ sku: must(sale.units[0]).sku, quantity }]
    await ship(shop, sale, { id: 'a', trackingNumber: 'A1', lines: lines(2) })
    expect(sale.units.map(({ shipped }) => shipped)).toEqual([true, true, false])
    await ship(shop, sale, { id: 'b', trackingNumber: 'B1', lines: lines(1) })
    expect(trackings(sale).map((tracking) => tracking?.number)).toEqual(['A1', 'A1', 'B1'])
  })

  it('of named units confirms those', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED' })
    await ship(shop, sale, { lines: [{ units: [{ id: must(sale.units[1]).itemId }] }] })
    expect(sale.units.map(({ shipped }) => shipped)).toEqual([false, true])
  })

  it('before acceptance waits; an unknown carrier is refused; nothing is sent for either', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    expect(await ship(shop, place(system))).toMatchObject({ is: 'waiting', error: { code: 'NOT_YET' } })
    expect(await ship(shop, place(system, { status: 'ACCEPTED' }), { carrier: 'Brieftaube' })).toMatchObject({
      is: 'refused',
      error: { code: 'CARRIER_UNKNOWN' },
    })
    expect(await ship(shop, place(system, { status: 'ACCEPTED' }), { status: { value: 'announced' } })).toMatchObject({
      is: 'waiting',
    })
    expect(await ship(shop, place(system, { kind: 'rakuten-logistics', status: 'ACCEPTED' }))).toMatchObject({
      is: 'refused',
      error: { code: 'UNSUPPORTED' },
    })
    expect(system.truth.count('unit-shipped')).toBe(0)
  })

  it('reads what Rakuten says about single articles: shipped already is done, the others are confirmed', async () => {
    await using system = await startRakuten(empty)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED' })
    await using shop = await openRakuten(
      system,
      {},
      {
        async fetch(url, init) {
          // Confirmed by hand between our look and our file.
          if (actionOf(url) === 'importitemshippingstatus') must(sale.units[0]).shipped = true
          return await fetch(url, init)
        },
      },
    )
    expect(await ship(shop, sale)).toMatchObject({ is: 'sent' })
    expect(trackings(sale).map((tracking) => tracking?.number)).toEqual([undefined, '6C000174'])
  })

  it('names an article that was cancelled meanwhile, and those that were confirmed', async () => {
    await using system = await startRakuten(empty)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED' })
    await using shop = await openRakuten(
      system,
      {},
      {
        async fetch(url, init) {
          if (actionOf(url) === 'importitemshippingstatus') must(sale.units[0]).status = 'TO_CONFIRM'
          return await fetch(url, init)
        },
      },
    )
    expect(await ship(shop, sale)).toMatchObject({
      is: 'waiting',
      error: { code: 'NOT_YET', message: expect.stringContaining(must(sale.units[0]).itemId) },
    })
    expect(must(sale.units[1]).shipped).toBe(true)
  })

  it('of a number corrected later tells each unit again', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED' })
    const order = await orderOf(shop, sale)
    await ship(shop, sale, {}, order)
    const corrected = deliver<'shipments'>(parcel(sale, { trackingNumber: 'NEW1' }), { order, known: {} })
    expect(await all(shop.writers.orders.write([corrected], signal))).toMatchObject([
      { is: 'done', detail: { corrected: 2 } },
    ])
    expect(trackings(sale).map((tracking) => tracking?.number)).toEqual(['NEW1', 'NEW1'])
    expect(calls(system, 'settrackingpackageinfos')).toHaveLength(2)
  })

  it('that was worked off late is asked about by its ticket until it is', async () => {
    await using system = await startRakuten({ ...empty, shippedAfterMs: 600_000 })
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    const delivery = deliver<'shipments'>(parcel(sale), { order: await orderOf(shop, sale) })
    const [sent] = await all(shop.writers.orders.write([delivery], signal))
    const asked = {
      ...delivery,
      sent: {
        at: toInstant(system.clock.now()),
        ...sentOf(sent),
      },
    }
    const ask = async () => (await readBackOrders(shop, [asked]))[0]
    await system.clock.advance(60_000)
    expect(await ask()).toMatchObject({ is: 'sent', ticket: expect.any(String), askAt: expect.any(String) })
    await system.clock.advance(600_000)
    expect(await ask()).toMatchObject({ is: 'done' })
  })
})

const sentOf = (outcome: Outcome | undefined): { ticket?: string; item?: string } =>
  outcome?.is === 'sent'
    ? {
        ...(outcome.ticket === undefined ? {} : { ticket: outcome.ticket }),
        ...(outcome.item === undefined ? {} : { item: outcome.item }),
      }
    : {}
