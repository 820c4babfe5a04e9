import { money, type Charge, type Money, type OrderLine, type Price, type Tax } from '@kontor/core'
import { conditions, orderStates } from '../tables/index.ts'
import type { WireItem } from '../wire/index.ts'
import { amountsOf, type LineAmounts } from './amounts.ts'
import { moneyOf, present, textOrNull } from './values.ts'

export interface LineContext {
  status: string | undefined
  netMarket: boolean
  fulfilledBy: OrderLine['fulfilledBy']
  preorder: boolean
}

export function toOrderLine(
  item: WireItem,
  context: LineContext,
): { line: OrderLine; amounts: LineAmounts | undefined } {
  const amounts = amountsOf(item, context.netMarket)
  const quantities = quantitiesOf(item, context.status)
  const { product } = item
  const unit = moneyOf(product.price?.unitPrice)
  const taxIncluded = amounts?.taxIncluded ?? !context.netMarket
  const gift = item.fulfillment?.packing?.giftOption
  const line: OrderLine = {
    id: item.orderItemId,
    sku: textOrNull(product.sellerSku),
    productId: textOrNull(product.asin),
    title: textOrNull(product.title),
    status: statusOf(item, context.status, quantities),
    quantity: item.quantityOrdered,
    ...quantities,
    ...(unit ? { unitPrice: { value: unit, taxIncluded } } : {}),
    ...(amounts ? pricesOf(item, amounts) : {}),
    condition: conditionOf(item),
    fulfilledBy: context.fulfilledBy,
    preorder: context.preorder,
    units: product.serialNumbers?.map((serialNumber) => ({ serialNumber })) ?? null,
    note: textOrNull(gift?.giftMessage),
    extensions: extensionsOf(item),
  }
  return { line, amounts }
}

function quantitiesOf(
  item: WireItem,
  status: string | undefined,
): Pick<OrderLine, 'quantityShipped' | 'quantityCancelled'> {
  const shipped = item.fulfillment?.quantityFulfilled
  const open = item.fulfillment?.quantityUnfulfilled
  if (shipped === null || shipped === undefined) return {}
  const settled = status === 'UNSHIPPED' || status === 'PARTIALLY_SHIPPED' || status === 'SHIPPED'
  return {
    quantityShipped: shipped,
    // What is neither shipped nor open was cancelled; while an order is pending the figures are not filled.
    quantityCancelled: settled && typeof open === 'number' ? Math.max(0, item.quantityOrdered - shipped - open) : null,
  }
}

function statusOf(
  item: WireItem,
  status: string | undefined,
  { quantityShipped, quantityCancelled }: Pick<OrderLine, 'quantityShipped' | 'quantityCancelled'>,
): OrderLine['status'] {
  const known = status === undefined ? undefined : orderStates[status]
  const source = status ?? 'none'
  if (known === undefined) return { value: 'unknown', source }
  if (known.line !== 'to_ship' && known.line !== 'shipped') return { value: known.line, source }
  const cancelled = quantityCancelled ?? 0
  if (cancelled >= item.quantityOrdered || (item.cancellation?.cancellationExecution && !quantityShipped))
    return { value: 'cancelled', source }
  if (known.line === 'to_ship' && (quantityShipped ?? 0) + cancelled >= item.quantityOrdered)
    return { value: 'shipped', source }
  return { value: known.line, source }
}

function pricesOf(item: WireItem, amounts: LineAmounts): Pick<OrderLine, 'total' | 'shipping' | 'discounts' | 'fees'> {
  const { taxIncluded, goods, shipping, discount, goodsTax, shippingTax } = amounts
  const facilitated = item.tax?.taxCollections?.find(({ model }) => model === 'MARKETPLACE_FACILITATOR')
  const taxesOf = (tax: Money | null): Pick<Price, 'taxes'> => {
    if (tax === null && !facilitated) return {}
    const told: Tax = {
      ...(tax ? { amount: tax } : {}),
      ...(facilitated ? { category: 'collected_by_marketplace', name: textOrNull(facilitated.responsibleParty) } : {}),
    }
    return { taxes: [told] }
  }
  const codes = (item.promotion?.breakdowns ?? []).flatMap(({ promotionId }) => textOrNull(promotionId) ?? [])
  const off: Charge[] = discount
    ? [{ kind: 'promotion', code: codes.length > 0 ? codes.join(', ') : null, price: { value: discount, taxIncluded } }]
    : codes.map((code) => ({ kind: 'promotion', code, price: { value: money.zero(amounts.currency), taxIncluded } }))
  const points = moneyOf(item.expense?.pointsCost?.pointsGranted?.pointsMonetaryValue)
  return {
    ...(goods ? { total: { value: goods, taxIncluded, ...taxesOf(goodsTax) } } : {}),
    ...(shipping ? { shipping: { value: shipping, taxIncluded, ...taxesOf(shippingTax) } } : {}),
    discounts: off,
    fees: points ? [{ kind: 'other', name: 'Amazon Points', amount: points }] : [],
  }
}

function conditionOf({ product }: WireItem): OrderLine['condition'] {
  const [type, sub] = [textOrNull(product.condition?.conditionType), textOrNull(product.condition?.conditionSubtype)]
  if (type === null) return null
  const source = sub === null || sub === type ? type : `${type} ${sub}`
  return { value: conditions[source] ?? (type === 'USED' ? 'unknown' : conditions[type]) ?? 'unknown', source }
}

function extensionsOf(item: WireItem): NonNullable<OrderLine['extensions']> {
  const { fulfillment, tax, product } = item
  const constraints = Object.keys(fulfillment?.shipping?.shippingConstraints ?? {})
  return present({
    'amazon.programs': item.programs?.length ? item.programs : null,
    'amazon.giftWrap': textOrNull(fulfillment?.packing?.giftOption?.giftWrapLevel),
    'amazon.iossNumber': textOrNull(fulfillment?.shipping?.internationalShipping?.iossNumber),
    'amazon.taxScheme': textOrNull(tax?.taxCalculationBreakdowns?.[0]?.reportingScheme),
    'amazon.shippingConstraints': constraints.length > 0 ? constraints : null,
    'amazon.serialNumberRequired': fulfillment?.packing?.serialNumberRequirement ? true : null,
    'amazon.priceDesignation': textOrNull(product.price?.priceDesignation),
    'amazon.cancelReason': textOrNull(
      item.cancellation?.cancellationExecution?.cancelReason ?? item.cancellation?.cancellationRequest?.cancelReason,
    ),
    'amazon.associatedItems': item.associatedOrderItems?.length
      ? item.associatedOrderItems.flatMap(({ orderId, orderItemId, associationType }) => [
          [associationType ?? '', orderId ?? '', orderItemId ?? ''],
        ])
      : null,
  })
}
