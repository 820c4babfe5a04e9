import {
  isGtin,
  money,
  toInstant,
  toMs,
  type Charge,
  type Money,
  type Order,
  type OrderLine,
  type Price,
} from '@kontor/core'
import type { RakutenConfig } from '../config.ts'
import { ourSku, shippingMode } from '../tables/index.ts'
import type { Amount, ItemWire, SaleWire } from '../wire/index.ts'
import { toParty, toRelay } from './address.ts'
import { countOf, groupUnits, unitStanding, wordsOf, type Standing, type UnitGroup } from './lines.ts'
import { parseParisTime } from './paris-time.ts'
import { statusesOf, toLineStatus } from './statuses.ts'
import { told } from './told.ts'

export interface SaleContext {
  readonly config: Pick<
    RakutenConfig,
    'skus' | 'skuPrefix' | 'locations' | 'pickupOrders' | 'acceptDeadlineHours' | 'statuses' | 'shippingModes'
  >
  /** Units known as not shipped; `undefined`: not asked, and nothing is said about shipping. */
  readonly toShip?: ReadonlySet<string> | undefined
  /** True where billing has told the total with shipping: the lists, which know no shipping price, then say nothing about it. */
  readonly billed?: boolean
}

/** A sale as an order. Times without a zone are read as Paris time; an hour in doubt is flagged. */
export function toOrder(sale: SaleWire, { config, toShip, billed = false }: SaleContext): Order {
  const groups = groupUnits(sale.items)
  const units = groups.flatMap((group) => [...group.items])
  const standings = units.map((item) => unitStanding(item, toShip, config.statuses))
  const delivery = sale.deliveryinformation
  const mode = shippingMode(delivery.shippingtype, config.shippingModes)
  const time = parseParisTime(sale.purchasedate)
  const lines = groups.map((group) => toLine(group, { config, toShip }))
  const currency = units[0]?.price.currency ?? 'EUR'
  const pickedUp = mode.service === 'pickup'
  const recipient = delivery.collectionpointaddress ?? delivery.deliveryaddress

  return told<Order>({
    entity: 'orders',
    id: sale.purchaseid,
    numbers: [sale.purchaseid],
    channel: { name: 'Rakuten', market: 'fr-fr', countryCode: 'FR' },
    flags: [
      ...(units.some((item) => item.sku === undefined) ? ['sku_missing'] : []),
      ...(pickedUp ? ['pickup'] : []),
      ...(recipient === undefined && !pickedUp ? ['address_missing'] : []),
      ...(time?.doubt === undefined ? [] : [`time_${time.doubt}`]),
      ...(countOf(standings, 'claimed') > 0 || units.some((item) => item.itemstatus === 'CLAIM') ? ['claim_open'] : []),
      ...(units.some((item) => item.ispreorder === true) ? ['preorder'] : []),
      ...(billed ? [] : [withoutShipping]),
    ],
    orderedAt: time?.instant,
    ...statusesOf(units, standings, toShip !== undefined),
    fulfilledBy: fulfilledBy(units, delivery.isfullrsl === true),
    gift: null,
    hold: holdOf(standings, units, pickedUp && config.pickupOrders === 'hold'),
    currency,
    lines,
    totals: totalsOf(lines, currency, billed),
    buyer: buyerOf(sale),
    shipTo: pickedUp
      ? null
      : recipient && toParty({ ...recipient, phonenumber1: recipient.phonenumber1 ?? recipient.phonenumber2 }),
    billTo: delivery.billingaddress && toParty(delivery.billingaddress),
    pickup: pickupOf(sale, pickedUp),
    shippingService: { value: mode.service, ...told({ source: delivery.shippingtype?.slice(0, 200) }) },
    deadlines: time && { acceptBy: toInstant(toMs(time.instant) + config.acceptDeadlineHours * 3_600_000) },
    buyerNote: wordsOf(units.map((item) => item.negotiationcomment)) || undefined,
  })
}

function toLine({ id, items }: UnitGroup, { config, toShip }: SaleContext): OrderLine {
  const [first] = items
  const standings = items.map((item) => unitStanding(item, toShip, config.statuses))
  const shipped = countOf(standings, 'shipped')
  const gtin = [first.ean, first.isbn].find((code) => code !== undefined && isGtin(code))
  const { unitPrice, discount } = pricesOf(first, items.length)
  const sku = first.sku === undefined ? (first.ean ?? first.advertid ?? null) : ourSku(first.sku, config)
  return told<OrderLine>({
    id,
    sku,
    listingId: first.advertid,
    gtin,
    title: first.headline,
    status: toLineStatus(standings, wordsOf(items.map((item) => item.itemstatus))),
    quantity: items.length,
    quantityShipped: toShip === undefined && shipped === 0 ? undefined : shipped,
    quantityCancelled: countOf(standings, 'cancelled', 'refused'),
    unitPrice: priceOf(unitPrice),
    total: priceOf(money.times(toMoney(first.price), items.length)),
    discounts: discount === undefined ? [] : [discount],
    fulfilledBy: byRakuten(first) ? 'marketplace' : 'merchant',
    preorder: first.ispreorder,
    location: sku === null ? undefined : config.locations[sku],
    units: items.map((item) => ({ id: item.itemid })),
    extensions: {
      'rakuten.units': Object.fromEntries(items.map((item) => [item.itemid, item.itemstatus ?? null])),
      ...(first.sku === undefined ? { 'rakuten.skuMissing': true } : {}),
    },
  })
}

/** A negotiated sale shows the listed price and what was taken off; `total` is what the buyer pays. */
function pricesOf(item: ItemWire, quantity: number): { unitPrice: Money; discount?: Charge } {
  const paid = toMoney(item.price)
  const listed = item.isnego === true && item.advertpricelisted !== undefined ? toMoney(item.advertpricelisted) : paid
  if (listed.currency !== paid.currency || money.compare(listed, paid) <= 0) return { unitPrice: paid }
  const off = money.times(money.subtract(listed, paid), quantity)
  return { unitPrice: listed, discount: { kind: 'negotiation', price: priceOf(off) } }
}

/** With the digits of its currency at least: `23.9` is 23.90 EUR. */
export const toMoney = ({ amount, currency }: Amount): Money =>
  money.add(money.zero(currency), money.of(amount, currency))
/** Amounts of Rakuten include VAT. */
export const priceOf = (value: Money): Price => ({ value, taxIncluded: true })

/** The order as it is, saying nothing of its total: billing is about to. */
export function withoutTotal({ totals, flags, ...order }: Order): Order {
  const { grand: _, ...others } = totals ?? {}
  return { ...order, totals: others, flags: (flags ?? []).filter((flag) => flag !== withoutShipping) }
}

/** The order's total is that of its goods: what shipping costs the buyer was not told (yet). */
const withoutShipping = 'total_without_shipping'

function totalsOf(lines: readonly OrderLine[], currency: string, billed: boolean): Order['totals'] {
  const discounts = lines.flatMap((line) => (line.discounts ?? []).map((one) => one.price.value))
  const listed = lines.flatMap((line) => (line.unitPrice ? [money.times(line.unitPrice.value, line.quantity)] : []))
  const [items, discount] = [money.sum(listed, currency), money.sum(discounts, currency)]
  const goods = billed ? {} : { grand: money.subtract(items, discount) }
  return { items, discount, taxIncluded: true, ...goods }
}

function buyerOf({ deliveryinformation: delivery }: SaleWire): Order['buyer'] {
  const person = delivery.billingaddress ?? delivery.deliveryaddress ?? delivery.collectionpointaddress
  const { address: _, ...name } = person === undefined ? {} : toParty(person)
  return told({ id: delivery.purchasebuyerlogin, ...name, email: emailOf(delivery.purchasebuyeremail) })
}

/** Before acceptance the field may hold a placeholder; only what looks like an address is one. */
export const emailOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text : undefined

function pickupOf({ deliveryinformation: delivery }: SaleWire, pickedUp: boolean): Order['pickup'] {
  if (delivery.collectionpointaddress !== undefined) return toRelay(delivery.collectionpointaddress)
  return pickedUp ? { kind: 'store' } : null
}

const byRakuten = (item: ItemWire): boolean => item.isrsl === true || item.is_fulfilment === true
function fulfilledBy(units: readonly ItemWire[], all: boolean): Order['fulfilledBy'] {
  if (all || units.every(byRakuten)) return 'marketplace'
  return units.some(byRakuten) ? 'mixed' : 'merchant'
}

function holdOf(standings: readonly Standing[], units: readonly ItemWire[], pickup: boolean): Order['hold'] {
  if (standings.includes('unknown'))
    return {
      reason: `Rakuten tells a status we do not know: ${wordsOf(units.filter((_, index) => standings[index] === 'unknown').map((item) => item.itemstatus ?? 'none'))}`,
    }
  return pickup ? { reason: 'the buyer fetches it at the seller' } : null
}
