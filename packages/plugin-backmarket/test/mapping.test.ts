import { Order } from '@kontor/core'
import { goldenTable } from '@kontor/testkit'
import { describe, expect, it } from 'vitest'
import { BackMarketConfig } from '../src/config.ts'
import { toFilter } from '../src/mapping/instants.ts'
import { toOrder } from '../src/mapping/order.ts'
import { WireOrder } from '../src/wire.ts'
import { config as given } from './shop.ts'

const line = {
  id: 37195,
  state: 1,
  listing: 'IP13-128-BLK-B',
  listing_id: 142,
  product_id: 141,
  product: 'iPhone 13 128GB',
  brand: 'apple',
  quantity: 1,
  price: '229.00',
  shipping_price: '0.00',
  shipping_delay: 48,
  currency: 'EUR',
  condition: 11,
  orderline_fee: '22.90',
  sales_taxes: '36.56',
  backcare: false,
  backcare_price: 0,
  imei: '',
  serial_number: '',
  return_reason: null,
  return_message: '',
  date_creation: '2026-05-03T09:35:24.123456Z',
}
const address = {
  company: '',
  first_name: 'Erika',
  last_name: 'Muster',
  street: 'Musterweg 3',
  street2: '',
  postal_code: '10115',
  city: 'Berlin',
  country: 'DE',
  phone: '+493023125000',
  email: 'erika.muster@example.com',
}
const raw = {
  order_id: 5978,
  merchant_id: 1402,
  state: 1,
  country_code: 'de-de',
  currency: 'EUR',
  price: '229.00',
  shipping_price: '3.90',
  sales_taxes: '36.56',
  payment_method: 'CARD',
  installment_payment: false,
  paypal_reference: null,
  is_backship: false,
  shipper_display: 'DHL DE',
  tracking_number: '',
  tracking_url: '',
  delivery_note: 'https://example.com/dn/5978.pdf',
  expected_dispatch_date: '2026-05-04T22:00:00',
  date_creation: '2026-05-03T09:35:24.123456Z',
  date_modification: '2026-05-03T09:36:00Z',
  date_payment: '2026-05-03T09:35:59.123Z',
  date_shipping: null,
  shipping_address: address,
  billing_address: address,
  orderlines: [line],
}
type Raw = Record<string, unknown>
const config = (more: object = {}) => BackMarketConfig.parse({ ...given, ...more })
const map = (more: Raw = {}, options: object = {}) =>
  Order.parse(toOrder(WireOrder.parse({ ...raw, ...more }), config(options)))
const states = (order: number, ...lines: number[]) =>
  map({ state: order, orderlines: lines.map((state, index) => ({ ...line, id: index + 1, state })) })

describe('an ordinary order', () => {
  it('comes with everything a merchant needs', () => {
    expect(map()).toMatchObject({
      entity: 'orders',
      id: '5978',
      version: '2026-05-03T09:36:00Z',
      numbers: ['5978'],
      test: false,
      channel: { name: 'Back Market', market: 'de-de', countryCode: 'DE' },
      orderedAt: '2026-05-03T09:35:24.123456Z',
      currency: 'EUR',
      fulfilledBy: 'merchant',
      gift: null,
      totals: {
        items: { amount: '229.00' },
        shipping: { amount: '3.90' },
        tax: { amount: '36.56' },
        grand: { amount: '232.90' },
        taxIncluded: true,
      },
      payments: [{ method: 'CARD', reference: null, installments: false, paidAt: '2026-05-03T09:35:59.123Z' }],
      shippingService: { value: 'standard', source: 'DHL DE' },
      deadlines: { shipBy: '2026-05-04T22:00:00Z' },
      documents: [{ kind: 'delivery_note', url: 'https://example.com/dn/5978.pdf' }],
      shipTo: {
        firstName: 'Erika',
        lastName: 'Muster',
        email: 'erika.muster@example.com',
        address: {
          company: null,
          line1: 'Musterweg 3',
          line2: null,
          postalCode: '10115',
          city: 'Berlin',
          countryCode: 'DE',
        },
      },
      lines: [
        {
          id: '37195',
          sku: 'IP13-128-BLK-B',
          listingId: '142',
          title: 'iPhone 13 128GB',
          brand: 'apple',
          quantity: 1,
          status: { value: 'awaiting_acceptance', source: '1 paid, to accept or cancel' },
          unitPrice: { value: { amount: '229.00', currency: 'EUR' }, taxIncluded: true },
          fees: [{ kind: 'commission', amount: { amount: '22.90', currency: 'EUR' } }],
          condition: { value: 'refurbished', source: '11 Good' },
          options: [{ name: 'Condition', value: 'Good' }],
          units: [],
        },
      ],
      flags: ['ship-by-zone-assumed'],
    })
  })
})

describe('where an order stands', () => {
  /** What an order is said to be, by its state and those of its lines. */
  const COMBINATIONS: readonly [order: number, lines: readonly number[]][] = [
    [0, [0]],
    [10, [8]],
    [1, [1]],
    [1, [9]],
    [1, [1, 2]],
    [1, [1, 4]],
    [3, [2, 2]],
    [3, [2, 4]],
    [8, [7]],
    [9, [3]],
    [9, [3, 5]],
    [9, [6]],
    [9, [4]],
    [9, [4, 5]],
    [42, [2]],
  ]

  it('is told by its state and those of its lines', () => {
    const rows = COMBINATIONS.map(([state, lines]) => {
      const { lifecycle, payment, acceptance, fulfilment } = states(state, ...lines)
      return {
        state,
        lines: lines.join(', '),
        lifecycle: lifecycle?.value,
        payment: payment?.value,
        acceptance: acceptance?.value,
        fulfilment: fulfilment?.value,
      }
    })
    expect(goldenTable(rows)).toMatchInlineSnapshot(`
      "state │ lines │ lifecycle │ payment            │ acceptance │ fulfilment
      ──────┼───────┼───────────┼────────────────────┼────────────┼─────────────
      0     │ 0     │ open      │ pending            │ ·          │ unfulfilled
      10    │ 8     │ open      │ pending            │ ·          │ unfulfilled
      1     │ 1     │ open      │ paid               │ awaiting   │ unfulfilled
      1     │ 9     │ open      │ paid               │ awaiting   │ unfulfilled
      1     │ 1, 2  │ open      │ paid               │ awaiting   │ unfulfilled
      1     │ 1, 4  │ open      │ partially_refunded │ awaiting   │ unfulfilled
      3     │ 2, 2  │ open      │ paid               │ accepted   │ unfulfilled
      3     │ 2, 4  │ open      │ partially_refunded │ accepted   │ unfulfilled
      8     │ 7     │ cancelled │ failed             │ ·          │ not_required
      9     │ 3     │ completed │ paid               │ accepted   │ shipped
      9     │ 3, 5  │ completed │ partially_refunded │ accepted   │ shipped
      9     │ 6     │ completed │ refunded           │ accepted   │ shipped
      9     │ 4     │ cancelled │ refunded           │ refused    │ not_required
      9     │ 4, 5  │ cancelled │ refunded           │ accepted   │ not_required
      42    │ 2     │ unknown   │ unknown            │ accepted   │ unfulfilled
      "
    `)
  })

  it('is told line by line', () => {
    const rows = [0, 8, 9, 1, 2, 3, 4, 5, 6, 7, 77].map((state) => {
      const { lines, flags, hold } = states(1, state)
      const first = lines?.[0]
      return {
        state,
        status: first?.status?.value,
        shipped: first?.quantityShipped,
        cancelled: first?.quantityCancelled,
        'unknown?': flags?.includes('unknown-line-state'),
        hold: hold?.reason,
      }
    })
    expect(goldenTable(rows)).toMatchInlineSnapshot(`
      "state │ status              │ shipped │ cancelled │ unknown? │ hold
      ──────┼─────────────────────┼─────────┼───────────┼──────────┼────────────────────────────────────────────
      0     │ pending             │ 0       │ 0         │ false    │ ·
      8     │ pending             │ 0       │ 0         │ false    │ ·
      9     │ on_hold             │ 0       │ 0         │ false    │ Back Market has a partner validate it first
      1     │ awaiting_acceptance │ 0       │ 0         │ false    │ ·
      2     │ to_ship             │ 0       │ 0         │ false    │ ·
      3     │ shipped             │ 1       │ 0         │ false    │ ·
      4     │ cancelled           │ 0       │ 1         │ false    │ ·
      5     │ refunded            │ 0       │ 1         │ false    │ ·
      6     │ refunded            │ 1       │ 0         │ false    │ ·
      7     │ cancelled           │ 0       │ 1         │ false    │ ·
      77    │ unknown             │ 0       │ 0         │ true     │ ·
      "
    `)
  })

  it('goes by the configuration where it says otherwise', () => {
    const order = map(
      { state: 9, orderlines: [{ ...line, state: 3 }] },
      { statusMap: { orders: { '9': { fulfilment: 'delivered' } }, lines: { '3': 'delivered' } } },
    )
    expect([order.fulfilment?.value, order.lines?.[0]?.status?.value, order.lines?.[0]?.status?.source]).toEqual([
      'delivered',
      'delivered',
      '3 shipped',
    ])
  })
})

describe('prices of lines', () => {
  it.each([
    // order total, [price, quantity] of each line → unit price and total of the first line, undecided
    ['458.00', [['229.00', 2]], '229.00', '458.00', false],
    ['229.00', [['229.00', 2]], '114.50', '229.00', false],
    ['100.00', [['100.00', 3]], undefined, '100.00', false],
    [
      '300.00',
      [
        ['100.00', 1],
        ['200.0', 1],
      ],
      '100.00',
      '100.00',
      false,
    ],
    [
      '500.00',
      [
        ['100.00', 2],
        ['200.00', 2],
      ],
      '100.00',
      '200.00',
      true,
    ],
    [null, [['100.00', 1]], '100.00', '100.00', false],
    [null, [['100.00', 2]], '100.00', '200.00', true],
  ])('of an order of %s with %j', (price, lines, unit, total, undecided) => {
    const order = map({
      price,
      orderlines: lines.map(([amount, quantity], index) => ({ ...line, id: index + 1, price: amount, quantity })),
    })
    const [first] = order.lines ?? []
    expect([
      first?.unitPrice?.value.amount,
      first?.total?.value.amount,
      order.flags?.includes('line-price-undecided'),
    ]).toEqual([unit, total, undecided])
  })

  it('reads the price of the insurance in cents, and yen without', () => {
    const insured = { ...line, backcare: true, backcare_price: 500 }
    expect(map({ orderlines: [insured] }).lines?.[0]?.options).toContainEqual({ name: 'Backcare', value: '5.00 EUR' })
    expect(
      map({ currency: 'JPY', price: '500', orderlines: [{ ...insured, price: '500', currency: 'JPY' }] }).lines?.[0]
        ?.options,
    ).toContainEqual({ name: 'Backcare', value: '500 JPY' })
  })
})

describe('odd orders arrive, and say what is odd', () => {
  it.each<[string, Raw, string]>([
    ['no address', { shipping_address: null, billing_address: null }, 'no-shipping-address'],
    ['an empty address', { shipping_address: { first_name: 'Erika' } }, 'no-shipping-address'],
    ['nothing to pay', { price: '0.00', orderlines: [{ ...line, price: '0.00' }] }, 'zero-price'],
    ['a state nobody knows', { state: 42 }, 'unknown-order-state'],
    ['no state', { state: undefined }, 'unknown-order-state'],
    ['no lines', { orderlines: [] }, 'no-lines'],
    ['lines that are null', { orderlines: null }, 'no-lines'],
    ['no currency', { currency: '', orderlines: [{ ...line, currency: undefined }] }, 'no-currency'],
    ['an amount in words', { price: 'free' }, 'unreadable-amount'],
    ['a date in words', { date_payment: 'yesterday' }, 'unreadable-date'],
    ['a day that does not exist', { date_payment: '2026-02-30T09:35:59Z' }, 'unreadable-date'],
    ['a date without zone', { date_payment: '2026-05-03 09:35:59' }, 'date-zone-assumed'],
    ['no SKU', { orderlines: [{ ...line, listing: '' }] }, 'sku-missing'],
    ['a country in words', { shipping_address: { ...address, country: 'Deutschland' } }, 'country-not-iso'],
  ])('%s', (_, more, flag) => {
    expect(map(more).flags).toContain(flag)
  })

  it('reads both spellings of an address, and makes nothing up', () => {
    const camel = {
      firstName: 'Erika',
      lastName: 'Muster',
      street: 'Musterweg 3',
      postalCode: '10115',
      city: 'Berlin',
      country: 'de',
      phoneNumber: '+493023125000',
      state: 'Berlin',
    }
    expect(map({ shipping_address: camel }).shipTo).toMatchObject({
      firstName: 'Erika',
      lastName: 'Muster',
      email: null,
      phone: '+493023125000',
      address: { line1: 'Musterweg 3', postalCode: '10115', region: 'Berlin', countryCode: 'DE' },
    })
  })

  it('brings numbers and dates of other forms: numbers as numbers, offsets, six digits of a second', () => {
    const order = map({
      price: 229,
      date_modification: '2026-05-03T11:36:00.123456+0200',
      orderlines: [{ ...line, price: 229, quantity: '1' }],
    })
    expect([order.version, order.totals?.items?.amount, order.lines?.[0]?.quantity]).toEqual([
      '2026-05-03T11:36:00.123456+02:00',
      '229',
      1,
    ])
  })

  it('keeps devices registered at Back Market, of older payloads too', () => {
    const units = (more: object) => map({ orderlines: [{ ...line, ...more }] }).lines?.[0]?.units
    expect(units({ imei: '011415009346880' })).toEqual([{ imei: '011415009346880', serialNumber: null }])
    expect(units({ imei_numbers: ['011415009346880', ''] })).toEqual([{ imei: '011415009346880', serialNumber: null }])
  })
})

describe('times without a zone', () => {
  it.each([
    ['UTC', '2026-05-04T22:00:00', '2026-05-04T22:00:00Z'],
    ['Europe/Paris', '2026-05-04T22:00:00', '2026-05-04T20:00:00.000Z'],
    ['Asia/Tokyo', '2026-05-05T07:00:00', '2026-05-04T22:00:00.000Z'],
    // The hour that comes twice is read as the earlier one; the hour that never comes, with the offset before.
    ['Europe/Paris', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['Europe/Paris', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
  ])('are read in %s: %s', (timeZone, expected_dispatch_date, shipBy) => {
    expect(map({ expected_dispatch_date }, { timeZone }).deadlines?.shipBy).toBe(shipBy)
  })

  it('keep the zone they have', () => {
    const order = map({ expected_dispatch_date: '2026-05-04T22:00:00+02:00' }, { timeZone: 'Asia/Tokyo' })
    expect([order.deadlines?.shipBy, order.flags]).toEqual(['2026-05-04T22:00:00+02:00', []])
  })

  it('are asked for in whole seconds, in either form', () => {
    const ms = Date.parse('2026-05-03T09:36:00.999Z')
    expect([toFilter(ms, 'rfc3339'), toFilter(ms, 'space')]).toEqual(['2026-05-03T09:36:00Z', '2026-05-03 09:36:00'])
  })
})

describe('words for services and SKUs', () => {
  it.each([
    ['Chronopost Express', 'express'],
    ['UPS next day', 'next_day'],
    ['Livraison au pied du camion', 'freight'],
    ['Colissimo', 'standard'],
    ['Point relais', 'relay'],
    ['Parcelpoint Pty Ltd', 'relay'],
    ['Click & collect', 'pickup'],
    ['Store pick-up', 'pickup'],
  ])('%s is %s', (shipper_display, value) => {
    expect(map({ shipper_display }).shippingService).toEqual({ value, source: shipper_display })
  })

  it('goes from their SKUs to yours by table, then by expression', () => {
    const skuMap = { table: { 'IP13-128-BLK-B': 'A-1' }, pattern: '(.+)-BM', replacement: '$1' }
    const sku = (listing: string) => map({ orderlines: [{ ...line, listing }] }, { skuMap }).lines?.[0]?.sku
    expect(['IP13-128-BLK-B', 'X-1-BM', 'X-1'].map(sku)).toEqual(['A-1', 'X-1', 'X-1'])
  })
})
