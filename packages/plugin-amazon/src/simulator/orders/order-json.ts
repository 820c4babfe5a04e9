import { hasRole } from '../access.ts'
import { inSmallestUnit, marketplaceAt, money } from '../marketplaces.ts'
import { iso, type AmazonCall, type Line, type Package, type SimulatedOrder } from '../world.ts'

/** The datasets of `includedData`. */
export const datasets = [
  'BUYER',
  'RECIPIENT',
  'PROCEEDS',
  'EXPENSE',
  'PROMOTION',
  'CANCELLATION',
  'FULFILLMENT',
  'PACKAGES',
  'TAX',
  'PAYMENT',
  'FULFILLMENT_ORDERS',
] as const
export type Dataset = (typeof datasets)[number]

type Part = Record<string, unknown>

/** What one caller gets to see of orders. */
export interface View {
  readonly included: ReadonlySet<Dataset>
  readonly now: number
  /** The role for addresses and e-mail addresses. */
  readonly delivery: boolean
  /** The role for names and tax numbers. */
  readonly invoicing: boolean
  readonly pendingPrices: boolean
  readonly tax: 'none' | 'added' | 'inside'
}

export function viewOf(call: AmazonCall, included: ReadonlySet<Dataset>): View {
  const { pendingPrices, tax, region } = call.options
  return {
    included,
    now: call.clock.now(),
    delivery: hasRole(call, 'Direct-to-Consumer Shipping (Restricted)'),
    invoicing: hasRole(call, 'Tax Invoicing (Restricted)'),
    pendingPrices,
    tax: region === 'na' ? 'added' : tax,
  }
}

/** An order in the shape of Orders 2026-01-01; what was not asked for, or may not be seen, is absent. */
export function orderJson(order: SimulatedOrder, view: View): Part {
  const has = (dataset: Dataset): boolean => view.included.has(dataset)
  const marketplace = marketplaceAt(order.marketplaceId)
  const json: Part = {
    orderId: order.id,
    ...(order.sellerOrderId === undefined
      ? {}
      : { orderAliases: [{ aliasId: order.sellerOrderId, aliasType: 'SELLER_ORDER_ID' }] }),
    createdTime: iso(order.created),
    lastUpdatedTime: iso(order.updated),
    ...(order.programs.length === 0 ? {} : { programs: order.programs }),
    ...(order.replaces === undefined
      ? {}
      : { associatedOrders: [{ orderId: order.replaces, associationType: 'REPLACEMENT_ORIGINAL_ID' }] }),
    salesChannel:
      order.channel === 'AMAZON'
        ? { channelName: 'AMAZON', marketplaceId: marketplace.id, marketplaceName: marketplace.name }
        : { channelName: 'NON_AMAZON' },
    ...(has('BUYER') ? buyerPart(order, view) : {}),
    ...(has('RECIPIENT') ? recipientPart(order, view) : {}),
    ...(has('PROCEEDS') && isPriced(order) ? { proceeds: orderProceeds(order, view) } : {}),
    ...(has('PAYMENT') && isPriced(order) ? { payment: { paymentExecutions: [{ paymentMethod: 'Standard' }] } } : {}),
    ...(has('TAX') ? taxPart(order, view) : {}),
    ...(has('FULFILLMENT') ? { fulfillment: fulfillmentPart(order) } : {}),
    orderItems: order.lines.map((line) => itemJson(order, line, view)),
    ...(has('PACKAGES') ? packagesPart(order, view) : {}),
  }
  return order.damaged
    ? { ...json, createdTime: 'yesterday', orderItems: 'none', proceeds: { grandTotal: 'much' } }
    : json
}

/** Pending orders have no totals, and neither have multi-channel orders. */
const isPriced = ({ status, channel }: SimulatedOrder): boolean =>
  channel === 'AMAZON' && status !== 'PENDING' && status !== 'PENDING_AVAILABILITY'

function buyerPart(order: SimulatedOrder, { delivery, invoicing }: View): Part {
  const own = order.fulfilledBy === 'MERCHANT'
  const { buyer } = order
  const part = {
    ...(invoicing || (own && delivery) ? { buyerName: buyer.name } : {}),
    ...(own && delivery ? { buyerEmail: buyer.email } : {}),
    ...(invoicing && buyer.company !== undefined ? { buyerCompanyName: buyer.company } : {}),
    ...(buyer.purchaseOrder === undefined ? {} : { buyerPurchaseOrderNumber: buyer.purchaseOrder }),
  }
  return Object.keys(part).length === 0 || order.channel !== 'AMAZON' ? {} : { buyer: part }
}

const DELIVERABLE = ['UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED']

/** Addresses are for those who deliver themselves, and only once there is something to deliver. */
function recipientPart(order: SimulatedOrder, { delivery, now }: View): Part {
  if (!delivery || order.fulfilledBy !== 'MERCHANT' || !DELIVERABLE.includes(order.status)) return {}
  const { buyer } = order
  return {
    recipient: {
      deliveryAddress: {
        name: buyer.name,
        ...(buyer.company === undefined ? {} : { companyName: buyer.company }),
        addressLine1: buyer.street,
        city: buyer.city,
        postalCode: buyer.postcode,
        countryCode: buyer.country,
        // No telephone number once the parcel should have arrived.
        ...(now > order.deliverBy ? {} : { phone: buyer.phone }),
        addressType: buyer.addressType,
      },
    },
  }
}

function taxPart(order: SimulatedOrder, { invoicing }: View): Part {
  if (!invoicing || !order.programs.includes('AMAZON_BUSINESS')) return {}
  const { buyer } = order
  return {
    tax: {
      taxRegistrations: [
        {
          entityType: 'BUYER',
          legalName: buyer.company ?? buyer.name,
          taxRegistrationType: 'VAT',
          taxRegistrationNumber: 'DE000000000',
        },
      ],
    },
  }
}

function fulfillmentPart(order: SimulatedOrder): Part {
  return {
    fulfillmentStatus: order.statusText ?? order.status,
    fulfilledBy: order.fulfilledBy,
    fulfillmentServiceLevel: order.serviceLevel,
    shipByWindow: { earliestDateTime: iso(order.created), latestDateTime: iso(order.shipBy) },
    ...(order.fulfilledBy === 'AMAZON'
      ? {}
      : { deliverByWindow: { earliestDateTime: iso(order.shipBy), latestDateTime: iso(order.deliverBy) } }),
  }
}

function itemJson(order: SimulatedOrder, line: Line, view: View): Part {
  const has = (dataset: Dataset): boolean => view.included.has(dataset)
  const { currency } = marketplaceAt(order.marketplaceId)
  const priced = isPriced(order)
  return {
    orderItemId: line.id,
    quantityOrdered: line.quantity,
    ...(line.programs.length === 0 ? {} : { programs: line.programs }),
    product: {
      asin: line.asin,
      title: line.title,
      sellerSku: line.sku,
      condition: { conditionType: 'NEW', conditionSubtype: 'NEW' },
      ...(priced || view.pendingPrices
        ? {
            price: {
              unitPrice: money(inSmallestUnit(line.unit, currency), currency),
              ...(order.programs.includes('AMAZON_BUSINESS') ? { priceDesignation: 'BUSINESS_PRICE' } : {}),
            },
          }
        : {}),
    },
    ...(has('PROCEEDS') && priced ? { proceeds: itemProceeds(order, line, view) } : {}),
    ...(has('PROMOTION') && line.promotionId !== undefined
      ? { promotion: { breakdowns: [{ promotionId: line.promotionId }] } }
      : {}),
    ...(has('CANCELLATION') ? cancellationPart(line) : {}),
    ...(has('FULFILLMENT')
      ? {
          fulfillment: {
            quantityFulfilled: line.shipped,
            quantityUnfulfilled: order.status === 'CANCELLED' ? 0 : line.quantity - line.shipped,
            ...(line.giftMessage === undefined
              ? {}
              : { packing: { giftOption: { giftMessage: line.giftMessage, giftWrapLevel: 'STANDARD' } } }),
            ...(line.ioss ? { shipping: { internationalShipping: { iossNumber: 'IM0000000000' } } } : {}),
          },
        }
      : {}),
    ...(has('TAX') && line.ioss
      ? {
          tax: {
            taxCalculationBreakdowns: [{ reportingScheme: 'IOSS' }],
            taxCollections: [{ model: 'MARKETPLACE_FACILITATOR', responsibleParty: 'Amazon Services Europe S.a.r.L.' }],
          },
        }
      : {}),
  }
}

function cancellationPart(line: Line): Part {
  if (line.cancellationRequest === undefined && line.cancelledBy === undefined) return {}
  return {
    cancellation: {
      ...(line.cancellationRequest === undefined
        ? {}
        : { cancellationRequest: { requester: 'BUYER', cancelReason: line.cancellationRequest } }),
      ...(line.cancelledBy === undefined ? {} : { cancellationExecution: { cancelledBy: line.cancelledBy } }),
    },
  }
}

/** Tax of 19 % within an amount. */
const taxWithin = (amount: number): number => amount - Math.round((amount * 100) / 119)

/** The parts of a line's proceeds in the smallest unit; their sum is its total but where tax is `inside`. */
export function proceedsOf(line: Line, currency: string, tax: View['tax']) {
  const of = (hundredths: number): number => inSmallestUnit(hundredths, currency)
  const gross = of(line.unit) * line.quantity
  const taxes = tax === 'none' ? 0 : taxWithin(gross)
  return {
    item: tax === 'added' ? gross - taxes : gross,
    tax: taxes,
    shipping: of(line.shipping),
    discount: of(line.discount),
    total: gross + of(line.shipping) - of(line.discount),
  }
}

function itemProceeds(order: SimulatedOrder, line: Line, { tax }: View): Part {
  const { currency } = marketplaceAt(order.marketplaceId)
  const parts = proceedsOf(line, currency, tax)
  const row = (type: string, amount: number, detailed?: string): Part[] =>
    amount === 0
      ? []
      : [
          {
            type,
            subtotal: money(amount, currency),
            ...(detailed === undefined
              ? {}
              : { detailedBreakdowns: [{ subtype: detailed, value: money(amount, currency) }] }),
          },
        ]
  return {
    proceedsTotal: money(parts.total, currency),
    breakdowns: [
      { type: 'ITEM', subtotal: money(parts.item, currency) },
      ...row('SHIPPING', parts.shipping),
      ...row('DISCOUNT', -parts.discount, 'ITEM'),
      ...row('TAX', parts.tax, 'ITEM'),
    ],
  }
}

function orderProceeds(order: SimulatedOrder, view: View): Part {
  const { currency } = marketplaceAt(order.marketplaceId)
  const total = order.lines.reduce((sum, line) => sum + proceedsOf(line, currency, view.tax).total, 0)
  return { grandTotal: money(total, currency) }
}

function packagesPart(order: SimulatedOrder, { now }: View): Part {
  const shown = order.packages.filter(({ showsAt }) => showsAt <= now)
  return shown.length === 0 ? {} : { packages: shown.map(packageJson) }
}

function packageJson(parcel: Package): Part {
  return {
    packageReferenceId: parcel.reference,
    createdTime: iso(parcel.created),
    packageStatus: {
      status: parcel.status,
      ...(parcel.status === 'DELIVERED' ? { detailedStatus: 'DELIVERED' } : {}),
    },
    carrier: parcel.carrier,
    shipTime: iso(parcel.shipTime),
    ...(parcel.service === undefined ? {} : { shippingService: parcel.service }),
    trackingNumber: parcel.tracking,
    packageItems: parcel.items,
  }
}
