import { money, type Charge, type Money, type Order } from '@kontor/core'
import type { NewLeatOrder } from '../wire/index.ts'

const minor = (amount: Money): number => Number(money.toMinor(amount, 'half-up'))

const definitions = { shipping: 'SHIPPING', handling: 'SERVICE_CHARGE', wrapping: 'WRAPPING' } as const

/**
 * An order as Leat reckons it: points come from lines, charges and discounts, so these must add up to the value to the last cent. What
 * rounding leaves over is a charge or a discount of its own.
 */
export function toLeatOrder(given: {
  key: string
  order: Order
  value: Money
  contact: string
  shop: string
}): NewLeatOrder {
  const { key, order, value, contact, shop } = given
  const lines = (order.lines ?? []).flatMap((line) => {
    if (!line.total || line.quantity <= 0) return []
    const total = minor(line.total.value)
    const product = line.sku ?? line.productId
    return [
      {
        external_identifier: `${key}:p:${line.id}`,
        name: (line.title ?? product ?? line.id).slice(0, 250),
        quantity: line.quantity,
        price: line.unitPrice ? minor(line.unitPrice.value) : Math.round(total / line.quantity),
        total_amount: total,
        ...(product ? { product: { external_identifier: product } } : {}),
      },
    ]
  })
  const charges = (order.shipping ?? []).flatMap((charge, index) => toCharge(key, charge, index))
  const total = minor(value)
  const rest = total - sum(lines) - sum(charges)
  return {
    external_identifier: key,
    reference: order.numbers?.[0] ?? order.id,
    status: statusOf(order),
    payment_status:
      order.payment?.value === 'paid' || order.payment?.value === 'partially_refunded' ? 'PAID' : 'PENDING',
    total_order_amount: total,
    currency: value.currency,
    contact: { uuid: contact },
    business_profile: { uuid: shop },
    line_items: lines,
    charges:
      rest > 0 ? [...charges, { external_identifier: `${key}:round`, name: 'Rounding', total_amount: rest }] : charges,
    applied_discounts:
      rest < 0
        ? [{ external_identifier: `${key}:round`, name: 'Discounts and rounding', amount: -rest, applied_to: 'ORDER' }]
        : [],
  }
}

const sum = (parts: readonly { total_amount: number }[]): number =>
  parts.reduce((all, { total_amount: amount }) => all + amount, 0)

function toCharge(key: string, charge: Charge, index: number): NewLeatOrder['charges'] {
  const kind =
    charge.kind === 'shipping' || charge.kind === 'handling' || charge.kind === 'wrapping' ? charge.kind : undefined
  const amount = minor(charge.price.value)
  if (amount <= 0) return []
  return [
    {
      external_identifier: `${key}:c:${charge.id ?? index}`,
      name: charge.name ?? charge.kind ?? 'Charge',
      total_amount: amount,
      ...(kind ? { charge_definition: { external_identifier: definitions[kind] } } : {}),
    },
  ]
}

function statusOf(order: Order): NewLeatOrder['status'] {
  if (order.lifecycle?.value === 'cancelled') return 'CANCELLED'
  const shipped = order.fulfilment?.value === 'shipped' || order.fulfilment?.value === 'delivered'
  return order.lifecycle?.value === 'completed' || shipped ? 'COMPLETED' : 'PENDING'
}
