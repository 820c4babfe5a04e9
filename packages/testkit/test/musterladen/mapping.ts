import type { AnyRecord, Instant, Order, Shipment } from '@kontor/core'
import type { OrderWire, ShipmentWire } from './wire.ts'

const LIFECYCLE: Readonly<Record<string, 'open' | 'completed' | 'cancelled'>> = {
  new: 'open',
  shipped: 'completed',
  cancelled: 'cancelled',
}

const euros = (cents: number): { amount: string; currency: string } => ({
  amount: (cents / 100).toFixed(2),
  currency: 'EUR',
})

export function toOrder(wire: OrderWire): Order {
  const { first, last, mail, phone, street, city, country } = wire.buyer
  return {
    entity: 'orders',
    id: String(wire.id),
    version: wire.changed,
    numbers: [wire.number],
    updatedAt: wire.changed as Instant,
    lifecycle: { value: LIFECYCLE[wire.state] ?? 'unknown', source: wire.state },
    payment: { value: 'paid' },
    currency: 'EUR',
    buyer: {
      firstName: first,
      lastName: last,
      email: mail,
      ...(phone === undefined ? {} : { phone }),
      address: { line1: street, city, countryCode: country },
    },
    lines: wire.lines.map(({ line, sku, quantity, cents, shipped }) => ({
      id: String(line),
      sku,
      quantity,
      quantityShipped: shipped,
      unitPrice: { value: euros(cents), taxIncluded: true },
    })),
  }
}

export function toShipment(wire: ShipmentWire): Shipment {
  return {
    entity: 'shipments',
    id: String(wire.id),
    version: wire.changed,
    about: { entity: 'orders', id: String(wire.order) },
    status: { value: wire.cancelled ? 'cancelled' : 'shipped' },
    carrier: wire.carrier,
    trackingNumber: wire.tracking,
    lines: wire.lines.map(({ line, quantity }) => ({ lineId: String(line), quantity })),
  }
}

export const fromShipment = (
  record: Shipment,
): { tracking: string; carrier: string; lines: { line: number; quantity: number }[] } => ({
  tracking: record.trackingNumber ?? '',
  carrier: record.carrier ?? '',
  lines: (record.lines ?? []).map(({ lineId, quantity }) => ({ line: Number(lineId), quantity: quantity ?? 0 })),
})

export const toCents = (record: Extract<AnyRecord, { entity: 'prices' }>): number =>
  Math.round(Number(record.price.value.amount) * 100)
