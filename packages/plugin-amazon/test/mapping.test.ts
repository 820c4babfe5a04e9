import { Order, whyNotShippable } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { toOrder } from '../src/mapping/index.ts'
import { WireOrder } from '../src/wire/index.ts'
import { item, order } from './order-json.ts'

const mapped = (over: object = {}): Order => Order.parse(toOrder(WireOrder.parse(order(over))))
const status = (word: string, more: object = {}): object => ({
  fulfillment: { fulfillmentStatus: word, fulfilledBy: 'MERCHANT', ...more },
})

describe('an order of Amazon', () => {
  it('of a merchant is shippable, with its prices as the figures tell: tax in them where TAX is not part of the total', () => {
    const made = mapped()
    expect(whyNotShippable(made)).toBeUndefined()
    expect(made).toMatchObject({
      version: '2026-05-30T09:00:00.000Z',
      channel: { name: 'Amazon.de', market: 'DE', countryCode: 'DE' },
      currency: 'EUR',
      fulfilledBy: 'merchant',
      flags: [],
      shippingService: { value: 'standard', source: 'STANDARD' },
      deadlines: { shipBy: '2026-06-01T21:59:59.000Z', deliverBy: '2026-06-04T21:59:59.000Z' },
      totals: {
        items: { amount: '20.00' },
        shipping: { amount: '3.90' },
        tax: { amount: '3.82' },
        grand: { amount: '23.90' },
        taxIncluded: true,
      },
      buyer: { fullName: 'Erika Muster', emailIsRelay: true },
    })
    expect(made.lines?.[0]).toMatchObject({
      sku: 'KF-1',
      status: { value: 'to_ship' },
      quantityShipped: 0,
      quantityCancelled: 0,
      unitPrice: { value: { amount: '10.00' }, taxIncluded: true },
      total: { value: { amount: '20.00' }, taxIncluded: true, taxes: [{ amount: { amount: '3.19' } }] },
      shipping: { value: { amount: '3.90' }, taxes: [{ amount: { amount: '0.63' } }] },
    })
  })

  it('whose total holds TAX on top has prices without tax', () => {
    const usd = (amount: string): object => ({ amount, currencyCode: 'USD' })
    const made = mapped({
      salesChannel: { channelName: 'AMAZON', marketplaceId: 'ATVPDKIKX0DER' },
      proceeds: { grandTotal: usd('49.99') },
      orderItems: [
        item({
          quantityOrdered: 1,
          proceeds: {
            proceedsTotal: usd('49.99'),
            breakdowns: [
              { type: 'ITEM', subtotal: usd('39.99') },
              { type: 'TAX', subtotal: usd('10.00') },
            ],
          },
          tax: { taxCollections: [{ model: 'MARKETPLACE_FACILITATOR', responsibleParty: 'Amazon Services, Inc.' }] },
        }),
      ],
    })
    expect(made.totals).toMatchObject({ taxIncluded: false, grand: { amount: '49.99' }, tax: { amount: '10.00' } })
    expect(made.lines?.[0]?.total).toMatchObject({
      value: { amount: '39.99', currency: 'USD' },
      taxIncluded: false,
      taxes: [{ amount: { amount: '10.00' }, category: 'collected_by_marketplace' }],
    })
  })

  it.each([
    ['told negative', '-2.00', '21.90'],
    ['told positive and taken off', '2.00', '21.90'],
    ['in the price already', '-2.00', '23.90'],
  ])('with a promotion that is %s adds up', (_, discount, total) => {
    const eur = (amount: string): object => ({ amount, currencyCode: 'EUR' })
    const made = mapped({
      proceeds: { grandTotal: eur(total) },
      orderItems: [
        item({
          promotion: { breakdowns: [{ promotionId: 'SOMMER' }] },
          proceeds: {
            proceedsTotal: eur(total),
            breakdowns: [
              { type: 'ITEM', subtotal: eur('20.00') },
              { type: 'SHIPPING', subtotal: eur('3.90') },
              { type: 'DISCOUNT', subtotal: eur(discount) },
            ],
          },
        }),
      ],
    })
    expect(made.flags).toEqual([])
    expect(made.lines?.[0]?.total?.value.amount).toBe(total === '21.90' ? '18.00' : '20.00')
    expect(made.lines?.[0]?.discounts).toMatchObject([{ code: 'SOMMER', price: { value: { amount: '2.00' } } }])
  })

  it('whose parts do not add up says so, and keeps the total', () => {
    const made = mapped({
      proceeds: { grandTotal: { amount: '99.00', currencyCode: 'EUR' } },
      orderItems: [
        item({
          proceeds: {
            proceedsTotal: { amount: '99.00', currencyCode: 'EUR' },
            breakdowns: [{ type: 'ITEM', subtotal: { amount: '20.00', currencyCode: 'EUR' } }],
          },
        }),
      ],
    })
    expect(made.flags).toEqual(['amounts-disagree'])
    expect(made.totals?.grand?.amount).toBe('99.00')
  })

  it('that is pending has no totals and no address, and is not shipped', () => {
    const made = mapped({
      ...status('PENDING'),
      proceeds: undefined,
      recipient: undefined,
      buyer: undefined,
      orderItems: [item({ proceeds: undefined, product: { sellerSku: 'KF-1' }, fulfillment: undefined })],
    })
    expect(made).toMatchObject({
      payment: { value: 'pending' },
      flags: ['no-amounts'],
      lines: [{ status: { value: 'pending' } }],
    })
    expect(made).not.toHaveProperty('totals')
    expect(made).not.toHaveProperty('shipTo')
    expect(whyNotShippable(made)).toBe('payment is pending')
  })

  it.each([
    ['PENDING_AVAILABILITY', 'payment is pending'],
    ['CANCELLED', 'cancelled'],
    ['UNFULFILLABLE', 'on hold: Amazon cannot fulfil it (multi-channel fulfilment)'],
    ['SOMETHING_NEW', 'payment is unknown'],
  ])('in the state %s is not shipped', (word, why) => {
    expect(whyNotShippable(mapped(status(word)))).toBe(why)
  })

  it('without fulfilment and marketplace is kept, and not shipped', () => {
    const made = mapped({ fulfillment: undefined, salesChannel: { channelName: 'AMAZON' } })
    expect(made.flags).toContain('unknown-order-state')
    expect(whyNotShippable(made)).toBe('payment is unknown')
  })

  it('that Amazon fulfils is never to be shipped by us', () => {
    const made = mapped(status('UNSHIPPED', { fulfilledBy: 'AMAZON' }))
    expect(made).toMatchObject({ fulfilledBy: 'marketplace', lines: [{ fulfilledBy: 'marketplace' }] })
    expect(whyNotShippable(made)).toBe('shipped by the marketplace')
  })

  it('shipped in part has what is left, and what was cancelled of a line', () => {
    const made = mapped({
      ...status('PARTIALLY_SHIPPED'),
      orderItems: [
        item({ quantityOrdered: 5, fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 1 } }),
        item({ orderItemId: '2', quantityOrdered: 1, fulfillment: { quantityFulfilled: 1, quantityUnfulfilled: 0 } }),
        item({
          orderItemId: '3',
          quantityOrdered: 1,
          fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 0 },
          cancellation: { cancellationExecution: { cancelledBy: 'BUYER', cancelReason: 'Muster' } },
        }),
      ],
    })
    expect(made.fulfilment?.value).toBe('partially_shipped')
    expect(made.lines?.map(({ status: each, quantityCancelled }) => [each?.value, quantityCancelled])).toEqual([
      ['to_ship', 2],
      ['shipped', 0],
      ['cancelled', 1],
    ])
  })

  it('is delivered once all its packages are', () => {
    const parcel = (word: string): object => ({ packageReferenceId: 'UK-PKG-1', packageStatus: { status: word } })
    expect(mapped({ ...status('SHIPPED'), packages: [parcel('DELIVERED')] }).fulfilment?.value).toBe('delivered')
    expect(
      mapped({ ...status('SHIPPED'), packages: [parcel('DELIVERED'), parcel('IN_TRANSIT')] }).fulfilment?.value,
    ).toBe('shipped')
  })

  it('tells a request to cancel, a replacement, a business, a gift and a number of the seller', () => {
    const made = mapped({
      programs: ['AMAZON_BUSINESS', 'PRIME'],
      orderAliases: [{ aliasId: 'M-77', aliasType: 'SELLER_ORDER_ID' }],
      associatedOrders: [{ orderId: '302-0000009-0000009', associationType: 'REPLACEMENT_ORIGINAL_ID' }],
      tax: {
        taxRegistrations: [{ entityType: 'BUYER', legalName: 'Muster GmbH', taxRegistrationNumber: 'DE000000000' }],
      },
      orderItems: [
        item({
          cancellation: { cancellationRequest: { requester: 'BUYER', cancelReason: 'Muster' } },
          fulfillment: {
            quantityFulfilled: 0,
            quantityUnfulfilled: 2,
            packing: { giftOption: { giftMessage: 'Alles Gute', giftWrapLevel: 'STANDARD' } },
          },
        }),
      ],
    })
    expect(made).toMatchObject({
      business: true,
      gift: true,
      cancellationRequested: true,
      replacementFor: '302-0000009-0000009',
      numbers: ['302-0000001-0000001', 'M-77'],
      buyer: { vatId: 'DE000000000' },
      billTo: { address: { company: 'Muster GmbH' } },
      flags: ['replacement'],
    })
    expect(made.lines?.[0]?.note).toBe('Alles Gute')
  })

  it('to a parcel shop or the own store says where it is fetched', () => {
    const address = { name: 'Musterladen', addressLine1: 'Marktplatz 1', city: 'Musterstadt', countryCode: 'DE' }
    expect(
      mapped({ recipient: { deliveryAddress: { ...address, addressType: 'PICKUP_POINT' } } }).pickup,
    ).toMatchObject({ kind: 'unknown', name: 'Musterladen' })
    expect(mapped({ programs: ['IN_STORE_PICK_UP'], recipient: { deliveryAddress: address } })).toMatchObject({
      pickup: { kind: 'store' },
      shippingService: { value: 'pickup' },
    })
  })

  it('keeps Japanese and Brazilian addresses whole, and yen without decimals', () => {
    const yen = (amount: string): object => ({ amount, currencyCode: 'JPY' })
    const made = mapped({
      salesChannel: { channelName: 'AMAZON', marketplaceId: 'A1VC38T7YXB528' },
      proceeds: { grandTotal: yen('13960') },
      recipient: {
        deliveryAddress: {
          name: '見本',
          addressLine1: 'Rua Exemplo, 10',
          city: 'São Paulo',
          stateOrRegion: 'SP',
          countryCode: 'BR',
          extendedFields: { streetNumber: '10', neighborhood: 'Bela Vista' },
        },
      },
      orderItems: [
        item({
          product: { price: { unitPrice: yen('6980') } },
          proceeds: { proceedsTotal: yen('13960'), breakdowns: [{ type: 'ITEM', subtotal: yen('13960') }] },
        }),
      ],
    })
    expect(made.totals?.grand).toEqual({ amount: '13960', currency: 'JPY' })
    expect(made.shipTo?.address).toMatchObject({ line3: 'Bela Vista', houseNumber: '10', countryCode: 'BR' })
  })

  it('to ship without address says what is missing', () => {
    expect(mapped({ recipient: undefined }).flags).toEqual(['no-shipping-address'])
  })
})
