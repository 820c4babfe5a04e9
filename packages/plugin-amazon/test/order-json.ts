const eur = (amount: string): object => ({ amount, currencyCode: 'EUR' })

/** An item as Amazon tells it; all values are invented. */
export const item = (over: object = {}): object => ({
  orderItemId: '10000000000001',
  quantityOrdered: 2,
  product: {
    asin: 'B000000001',
    title: 'Kaffeefilter',
    sellerSku: 'KF-1',
    condition: { conditionType: 'NEW', conditionSubtype: 'NEW' },
    price: { unitPrice: eur('10.00') },
  },
  proceeds: {
    proceedsTotal: eur('23.90'),
    breakdowns: [
      { type: 'ITEM', subtotal: eur('20.00') },
      { type: 'SHIPPING', subtotal: eur('3.90') },
      {
        type: 'TAX',
        subtotal: eur('3.82'),
        detailedBreakdowns: [
          { subtype: 'ITEM', value: eur('3.19') },
          { subtype: 'SHIPPING', value: eur('0.63') },
        ],
      },
    ],
  },
  fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 2 },
  ...over,
})

/** A merchant-fulfilled order from Germany; all values are invented. */
export const order = (over: object = {}): Record<string, unknown> => ({
  orderId: '302-0000001-0000001',
  createdTime: '2026-05-30T08:00:00Z',
  lastUpdatedTime: '2026-05-30T09:00:00Z',
  salesChannel: { channelName: 'AMAZON', marketplaceId: 'A1PA6795UKMFR9', marketplaceName: 'Amazon.de' },
  buyer: { buyerName: 'Erika Muster', buyerEmail: 'muster@marketplace.amazon.de' },
  recipient: {
    deliveryAddress: {
      name: 'Erika Muster',
      addressLine1: 'Musterweg 1',
      city: 'Musterstadt',
      postalCode: '12345',
      countryCode: 'DE',
      addressType: 'RESIDENTIAL',
    },
  },
  proceeds: { grandTotal: eur('23.90') },
  fulfillment: {
    fulfillmentStatus: 'UNSHIPPED',
    fulfilledBy: 'MERCHANT',
    fulfillmentServiceLevel: 'STANDARD',
    shipByWindow: { earliestDateTime: '2026-05-31T00:00:00Z', latestDateTime: '2026-06-01T21:59:59Z' },
    deliverByWindow: { latestDateTime: '2026-06-04T21:59:59Z' },
  },
  orderItems: [item()],
  ...over,
})
