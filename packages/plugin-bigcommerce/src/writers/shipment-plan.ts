import { KontorError, toMs, type Delivery, type Shipment } from '@kontor/core'
import type { BigCommerceConfig } from '../config/index.ts'
import { carrierKey, carrierSlugs } from '../tables/carriers.ts'
import type { NewShipment, WireLine, WireShipment } from '../wire/index.ts'

/** What goes to one address. */
export type Part = Pick<NewShipment, 'order_address_id' | 'items'>
export type Plan = { problem: KontorError } | { found: WireShipment[]; missing: Part[] }

/** BigCommerce's clock and ours may differ, and a shipment has its time in whole seconds. */
const CLOCK_DIFFERENCE_MS = 60_000

/** What of a parcel is reported already, and what is to be. Quantities are limited to what the shop still has to ship. */
export function planShipment(
  delivery: Delivery<'shipments'>,
  lines: readonly WireLine[],
  known: readonly WireShipment[],
): Plan {
  const shippable = lines.filter(
    (line) =>
      line.order_address_id &&
      line.order_address_id !== '0' &&
      line.type !== 'digital' &&
      line.type !== 'giftcertificate',
  )
  const chosen = choose(delivery.record, shippable)
  if ('problem' in chosen) return chosen
  const candidates = known.filter((shipment) => isOurs(shipment, delivery))
  const found: WireShipment[] = []
  const missing: Part[] = []
  for (const part of byAddress(chosen.items, shippable)) {
    const same = candidates.find((shipment) => !found.includes(shipment) && holdsSame(shipment, part))
    if (same !== undefined) found.push(same)
    else missing.push(limit(part, shippable))
  }
  if (!chosen.all) return settled(found, missing, known)
  // Without lines the parcel holds all that was open. What of it is reported is no longer open: it is known by its address alone.
  const reached = new Set(candidates.map((shipment) => shipment.order_address_id))
  return settled(
    candidates,
    missing.filter((part) => !reached.has(String(part.order_address_id))),
    known,
  )
}

function settled(found: WireShipment[], parts: readonly Part[], known: readonly WireShipment[]): Plan {
  const missing = parts.filter(({ items }) => items.length > 0)
  return found.length === 0 && missing.length === 0 ? { problem: nothingOpen(known) } : { found, missing }
}

interface Chosen {
  all: boolean
  items: { line: WireLine; quantity: number }[]
}

function choose(record: Shipment, lines: readonly WireLine[]): { problem: KontorError } | Chosen {
  if (!record.lines || record.lines.length === 0)
    return {
      all: true,
      items: lines
        .map((line) => ({ line, quantity: line.quantity - line.quantity_shipped }))
        .filter(({ quantity }) => quantity > 0),
    }
  const items: Chosen['items'] = []
  for (const wanted of record.lines) {
    const line = lines.find((each) =>
      wanted.lineId
        ? each.id === wanted.lineId
        : wanted.sku !== null && wanted.sku !== undefined && each.sku === wanted.sku,
    )
    if (line === undefined) return { problem: unknownLine(wanted.lineId ?? wanted.sku ?? '?') }
    const quantity = wanted.quantity ?? line.quantity - line.quantity_shipped
    if (quantity > 0) items.push({ line, quantity })
  }
  return { all: false, items }
}

function byAddress(items: Chosen['items'], lines: readonly WireLine[]): Part[] {
  const addresses = new Set(lines.map((line) => line.order_address_id))
  return [...addresses].flatMap((address) => {
    const here = items.filter(({ line }) => line.order_address_id === address)
    return here.length === 0
      ? []
      : [
          {
            order_address_id: Number(address),
            items: here.map(({ line, quantity }) => ({ order_product_id: Number(line.id), quantity })),
          },
        ]
  })
}

function limit(part: Part, lines: readonly WireLine[]): Part {
  const items = part.items.flatMap((item) => {
    const line = lines.find(({ id }) => id === String(item.order_product_id))
    const open = line === undefined ? 0 : Math.max(0, line.quantity - line.quantity_shipped)
    const quantity = Math.min(item.quantity, open)
    return quantity > 0 ? [{ ...item, quantity }] : []
  })
  return { ...part, items }
}

/** By tracking number; a parcel without one only by the time we sent it, so that an older one is not taken for it. */
function isOurs(shipment: WireShipment, { record, sent }: Delivery<'shipments'>): boolean {
  if (record.trackingNumber) return (shipment.tracking_number ?? '').trim() === record.trackingNumber.trim()
  if (shipment.tracking_number?.trim() || sent === undefined) return false
  const made = Date.parse(shipment.date_created ?? '')
  return !Number.isNaN(made) && made >= toMs(sent.at) - CLOCK_DIFFERENCE_MS
}

function piecesOf(items: readonly { order_product_id: string | number; quantity: number }[]): string {
  return items
    .map((item) => `${item.order_product_id}×${item.quantity}`)
    .toSorted()
    .join()
}

function holdsSame(shipment: WireShipment, part: Part): boolean {
  return piecesOf(shipment.items) === piecesOf(part.items)
}

/**
 * A carrier we have no slug for is not sent: BigCommerce refuses an unknown one, and the number with our own link serves the shopper as well.
 */
export function carrierFields(
  record: Shipment,
  config: BigCommerceConfig,
): Omit<NewShipment, 'order_address_id' | 'items'> {
  const name = record.carrier ?? ''
  const configured = Object.entries(config.carriers).find(([one]) => carrierKey(one) === carrierKey(name))?.[1]
  return {
    tracking_number: record.trackingNumber ?? '',
    tracking_carrier: configured ?? carrierSlugs[carrierKey(name)] ?? '',
    shipping_provider: '',
    ...(record.trackingUrl ? { tracking_link: record.trackingUrl } : {}),
    ...(record.service ? { shipping_method: record.service } : {}),
  }
}

const unknownLine = (line: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `The shipment was not reported: its order at BigCommerce has no line ${line} that can be shipped.`,
  })

const nothingOpen = (known: readonly WireShipment[]): KontorError =>
  new KontorError('ALREADY_DIFFERENT', {
    message: `The shipment was not reported: every piece is shipped already${known.length === 0 ? '' : `, in shipment ${known.map(({ id }) => id).join(', ')}`}. Correct the tracking number there if it differs.`,
  })
