import { money, type Charge, type Money, type Order, type OrderLine } from '@kontor/core'
import { countryOf, netMarkets, orderStates, serviceLevels, type OrderFlag } from '../tables/index.ts'
import type { WireOrder } from '../wire/index.ts'
import type { LineAmounts } from './amounts.ts'
import { toOrderLine } from './order-line.ts'
import { billToOf, buyerOf, deliveryNote, pickupOf, toParty } from './party.ts'
import { instantOf, moneyOf, present, textOrNull } from './values.ts'

export function toOrder(order: WireOrder): Order {
  const word = order.fulfillment?.fulfillmentStatus
  const state = word === undefined ? undefined : orderStates[word]
  const source = word ?? 'none'
  const country = countryOf(order.salesChannel.marketplaceId ?? '')
  const fulfilledBy = fulfillerOf(order)
  const context = {
    status: word,
    netMarket: country !== undefined && netMarkets.has(country),
    fulfilledBy,
    preorder: word === 'PENDING_AVAILABILITY' || (order.programs?.includes('PREORDER') ?? false),
  }
  const rows = order.orderItems.map((item) => toOrderLine(item, context))
  const amounts = rows.flatMap(({ amounts: each }) => (each ? [each] : []))
  const currency = order.proceeds?.grandTotal?.currencyCode ?? amounts[0]?.currency
  const replacementFor = order.associatedOrders?.find(
    ({ associationType }) => associationType?.endsWith('_ORIGINAL_ID') ?? false,
  )
  const address = order.recipient?.deliveryAddress
  const [buyer, billTo] = [buyerOf(order), billToOf(order)]
  return {
    entity: 'orders',
    id: order.orderId,
    ...(instantOf(order.lastUpdatedTime) ? { version: instantOf(order.lastUpdatedTime) ?? '' } : {}),
    numbers: [
      ...new Set([
        order.orderId,
        ...(order.orderAliases ?? []).flatMap(({ aliasId, aliasType }) =>
          aliasType === 'SELLER_ORDER_ID' && aliasId.trim() !== '' ? [aliasId.trim().slice(0, 200)] : [],
        ),
      ]),
    ],
    flags: flagsOf(order, amounts, currency),
    channel: {
      name: textOrNull(order.salesChannel.marketplaceName) ?? order.salesChannel.channelName,
      market: country ?? textOrNull(order.salesChannel.marketplaceId),
      countryCode: country ?? null,
    },
    orderedAt: instantOf(order.createdTime),
    updatedAt: instantOf(order.lastUpdatedTime),
    lifecycle: { value: state?.lifecycle ?? 'unknown', source },
    payment: { value: state?.payment ?? 'unknown', source },
    acceptance: { value: 'not_required' },
    fulfilment: { value: fulfilmentOf(order, state?.fulfilment), source },
    fulfilledBy,
    business: order.programs?.includes('AMAZON_BUSINESS') ?? false,
    gift: order.orderItems.some((item) => Boolean(item.fulfillment?.packing?.giftOption)),
    hold: word === 'UNFULFILLABLE' ? { reason: 'Amazon cannot fulfil it (multi-channel fulfilment)' } : null,
    cancellationRequested: order.orderItems.some(
      (item) => item.cancellation?.cancellationRequest?.requester === 'BUYER',
    ),
    replacementFor: textOrNull(replacementFor?.orderId),
    ...(currency === undefined ? {} : { currency }),
    lines: rows.map(({ line }) => line),
    ...(currency === undefined ? {} : totalsOf(order, amounts, currency)),
    ...paymentsOf(order),
    ...(buyer ? { buyer } : {}),
    ...(address ? { shipTo: toParty(address) } : {}),
    ...(billTo ? { billTo } : {}),
    pickup: pickupOf(order),
    shippingService: serviceOf(order),
    deadlines: {
      shipBy: instantOf(order.fulfillment?.shipByWindow?.latestDateTime),
      deliverBy: instantOf(order.fulfillment?.deliverByWindow?.latestDateTime),
    },
    documents: order.orderItems.flatMap(({ product }) => {
      const url = textOrNull(product.customization?.customizedUrl)
      return url === null || url.length > 2000 ? [] : [{ kind: 'other' as const, url, name: 'customization' }]
    }),
    buyerNote: deliveryNote(order),
    extensions: extensionsOf(order),
  }
}

function fulfillerOf({ fulfillment }: WireOrder): NonNullable<OrderLine['fulfilledBy']> | null {
  const word = fulfillment?.fulfilledBy
  return word === 'AMAZON' || word === 'AFN' ? 'marketplace' : word === 'MERCHANT' || word === 'MFN' ? 'merchant' : null
}

function fulfilmentOf(
  order: WireOrder,
  stated: NonNullable<Order['fulfilment']>['value'] | undefined,
): NonNullable<Order['fulfilment']>['value'] {
  const packages = order.packages ?? []
  const brought = packages.length > 0 && packages.every(({ packageStatus }) => packageStatus?.status === 'DELIVERED')
  return stated === 'shipped' && brought ? 'delivered' : (stated ?? 'unknown')
}

function totalsOf(
  order: WireOrder,
  amounts: readonly LineAmounts[],
  currency: string,
): Pick<Order, 'totals' | 'shipping' | 'discounts'> {
  const inIt = amounts.filter((each) => each.currency === currency)
  const taxIncluded = inIt.every((each) => each.taxIncluded)
  const sumOf = (pick: (each: LineAmounts) => Money | null): Money | null => {
    const all = inIt.flatMap((each) => pick(each) ?? [])
    return all.length === 0 ? null : money.sum(all, currency)
  }
  const shipping = sumOf((each) => each.shipping)
  const tax = sumOf((each) => each.shippingTax)
  const kinds = Map.groupBy(
    inIt.flatMap(({ others }) => others),
    ({ kind }) => kind,
  )
  const others: Charge[] = [...kinds].map(([kind, all]) => ({
    kind,
    price: {
      value: money.sum(
        all.map(({ amount }) => amount),
        currency,
      ),
      taxIncluded,
    },
  }))
  // A tip comes after checkout, for the order as a whole; so it stands in no line.
  const tip = order.proceeds?.breakdowns?.find(({ type }) => type === 'DELIVERY_TIP')
  const tipped = moneyOf(tip?.subtotal)
  return {
    shipping: [
      ...(shipping && !money.isZero(shipping)
        ? [{ kind: 'shipping', price: { value: shipping, taxIncluded, ...(tax ? { taxes: [{ amount: tax }] } : {}) } }]
        : []),
      ...others,
      ...(tipped?.currency === currency ? [{ kind: 'delivery_tip', price: { value: tipped, taxIncluded: true } }] : []),
    ],
    // Each stands at its line.
    discounts: [],
    totals: {
      items: sumOf((each) => each.goods),
      shipping,
      discount: sumOf((each) => each.discount),
      tax: sumOf((each) => each.tax),
      grand: moneyOf(order.proceeds?.grandTotal) ?? sumOf((each) => each.total),
      taxIncluded,
    },
  }
}

function paymentsOf({ payment }: WireOrder): Pick<Order, 'payments'> {
  if (!payment?.paymentExecutions) return {}
  return {
    payments: payment.paymentExecutions.map(({ paymentMethod, paymentAmount }) => ({
      method: textOrNull(paymentMethod),
      amount: moneyOf(paymentAmount),
    })),
  }
}

function serviceOf(order: WireOrder): Order['shippingService'] {
  if (order.programs?.includes('IN_STORE_PICK_UP')) return { value: 'pickup', source: 'IN_STORE_PICK_UP' }
  const source = textOrNull(order.fulfillment?.fulfillmentServiceLevel)
  return source === null ? null : { value: serviceLevels[source] ?? 'unknown', source }
}

function flagsOf(order: WireOrder, amounts: readonly LineAmounts[], currency: string | undefined): OrderFlag[] {
  const word = order.fulfillment?.fulfillmentStatus
  const open = word === 'UNSHIPPED' || word === 'PARTIALLY_SHIPPED'
  const flags: Readonly<Record<OrderFlag, boolean>> = {
    'unknown-order-state': word === undefined || orderStates[word] === undefined,
    'no-amounts': amounts.length === 0,
    'amounts-disagree': amounts.some(({ disagree }) => disagree),
    'several-currencies': amounts.some((each) => each.currency !== currency),
    'no-shipping-address':
      open && fulfillerOf(order) !== 'marketplace' && !order.recipient?.deliveryAddress?.addressLine1,
    replacement: (order.associatedOrders ?? []).some(
      ({ associationType }) => associationType?.endsWith('_ORIGINAL_ID') ?? false,
    ),
    'multi-channel': order.salesChannel.channelName === 'NON_AMAZON',
  }
  return Object.entries(flags).flatMap(([flag, set]) => (set && isFlag(flag, flags) ? [flag] : []))
}

const isFlag = <F extends string>(text: string, table: Readonly<Record<F, boolean>>): text is F =>
  Object.hasOwn(table, text)

function extensionsOf(order: WireOrder): NonNullable<Order['extensions']> {
  return present({
    'amazon.marketplaceId': textOrNull(order.salesChannel.marketplaceId),
    'amazon.programs': order.programs?.length ? order.programs : null,
    'amazon.purchaseOrder': textOrNull(order.buyer?.buyerPurchaseOrderNumber),
    'amazon.addressType': textOrNull(order.recipient?.deliveryAddress?.addressType),
    'amazon.invoiceStatus': textOrNull(order.tax?.taxInvoicing?.invoiceStatus),
    'amazon.shipFrom': instantOf(order.fulfillment?.shipByWindow?.earliestDateTime),
    'amazon.fulfillmentOrders': order.fulfillmentOrders?.length
      ? order.fulfillmentOrders.map(({ fulfillmentOrderId }) => fulfillmentOrderId)
      : null,
    'amazon.packages': order.packages?.length
      ? order.packages.map((each) => ({
          id: each.packageReferenceId,
          status: each.packageStatus?.status ?? null,
          carrier: each.carrier ?? null,
          trackingNumber: each.trackingNumber ?? null,
          items: each.packageItems?.map(({ orderItemId, quantity }) => ({ line: orderItemId, quantity })) ?? null,
        }))
      : null,
  })
}
