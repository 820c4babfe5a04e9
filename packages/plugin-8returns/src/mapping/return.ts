import type { Instant, Party, Return } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import type { ReturnFlag } from '../tables/flags.ts'
import type { WireReturn } from '../wire/index.ts'
import { toMoney } from './amounts.ts'
import { toFinancial, toInspection, toLifecycle, toLogistics } from './axes.ts'
import { toTime } from './instants.ts'
import { toLine } from './line.ts'
import { activeItems, progressOf } from './progress.ts'

/**
 * A return of 8returns as ours: four axes, lines with quantities, and what else it says. What 8returns does not tell is left out, so that an
 * older, fuller statement keeps its value; what is personal and not wanted is left out too.
 */
export function toReturn(wire: WireReturn, config: EightReturnsConfig): Return {
  const flags = new Set<ReturnFlag>()
  const time = (text: string | null | undefined): Instant | null | undefined => toTime(text, config.timeZone, flags)
  const updatedAt = time(wire.updatedAt)
  const logistics = toLogistics(wire)
  const inspection = toInspection(wire)
  const financial = toFinancial(wire)
  const lines = wire.items.map((item) => toLine(item, { config, currency: wire.currency, flags }))
  if (hasTwins(wire)) flags.add('sku-twice')
  const whole = toMoney(wire.totalAmount, wire.currency, flags)
  return {
    entity: 'returns',
    id: wire.id,
    ...(updatedAt === null || updatedAt === undefined ? {} : { version: updatedAt }),
    numbers: numbersOf(wire),
    about: aboutOrder(wire),
    rmaNumber: wire.rma,
    lifecycle: toLifecycle(wire, config, flags),
    logistics,
    inspection,
    financial,
    hold: toHold(wire, time),
    lines,
    totals: whole === undefined ? undefined : { items: whole },
    ...customerOf(wire, config, flags),
    requestedAt: time(wire.registeredAt),
    receivedAt: logistics?.value === 'received' ? latest(lines.map((line) => line.receivedAt)) : undefined,
    inspectedAt: inspection === 'complete' ? latest(lines.map((line) => line.inspection?.at)) : undefined,
    refundedAt: financial?.value === 'refunded' ? latest(wire.items.map((item) => time(item.refundedAt))) : undefined,
    createdAt: time(wire.createdAt),
    updatedAt,
    flags: [...flags].toSorted(),
    extensions: extensionsOf(wire, flags),
  }
}

/** The RMA number is on the parcel, the number of the order on the slip in it: both are what people scan. */
const numbersOf = ({ rma, orderNumber }: WireReturn): string[] =>
  [...new Set([rma, orderNumber])].filter((number) => typeof number === 'string').map((number) => number.slice(0, 200))

function aboutOrder({ orderNumber, orderName, orderId }: WireReturn): Return['about'] {
  const number = (orderNumber ?? orderName)?.slice(0, 200)
  if (number !== undefined) return { entity: 'orders', number }
  return typeof orderId === 'string' ? { entity: 'orders', id: orderId.slice(0, 300) } : undefined
}

/** A hold lies across all axes; 8returns also holds a return when an integration could not match it. */
function toHold(
  wire: WireReturn,
  time: (text: string | null | undefined) => Instant | null | undefined,
): Return['hold'] {
  const since = wire.items.map((item) => time(item.heldAt)).filter((at) => typeof at === 'string')
  const earliest = since.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0]
  if (wire.onHold === true || (wire.onHold === undefined && earliest !== undefined))
    return earliest === undefined ? {} : { since: earliest }
  return wire.onHold === false ? null : undefined
}

function customerOf(
  wire: WireReturn,
  { pii }: EightReturnsConfig,
  flags: Set<ReturnFlag>,
): Pick<Return, 'customer' | 'messages'> {
  const { customer } = wire
  if (!pii.customer || customer === undefined) return {}
  // Without the permission 8returns may answer with null; that says nothing about what we knew before.
  if (customer === null) return {}
  const { fullName, email, country, notes } = customer
  const iso = country?.trim().toUpperCase()
  if (typeof country === 'string' && !isCountryCode(iso)) flags.add('country-not-iso')
  const address: Party['address'] =
    typeof country === 'string' ? (isCountryCode(iso) ? { countryCode: iso } : { country }) : country
  return {
    customer: { fullName, email, address },
    ...(pii.texts && typeof notes === 'string'
      ? { messages: [{ id: 'customer-notes', from: 'buyer', text: notes }] }
      : {}),
  }
}

const isCountryCode = (text: string | undefined): text is string => text !== undefined && /^[A-Z]{2}$/.test(text)

/** Open items with the same SKU: a booking cannot tell them apart. */
function hasTwins(wire: WireReturn): boolean {
  const open = activeItems(wire).filter((item) => progressOf(item).inspected !== true)
  return new Set(open.map(({ sku }) => sku)).size < open.length
}

function latest(times: readonly (Instant | null | undefined)[]): Instant | undefined {
  return times.filter((at) => typeof at === 'string').toSorted((a, b) => Date.parse(b) - Date.parse(a))[0]
}

function extensionsOf(wire: WireReturn, flags: ReadonlySet<ReturnFlag>): NonNullable<Return['extensions']> {
  const unreadable = flags.has('gtin-unreadable') ? wire.items.filter(({ ean }) => typeof ean === 'string') : []
  const told = { fetchedViaApi: wire.fetchedViaApi, orderId: wire.orderId, orderName: wire.orderName }
  const eans = unreadable.map(({ id, ean }): [string, string | null | undefined] => [
    `8returns.ean.${id.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}`,
    ean,
  ])
  return Object.fromEntries(
    [...Object.entries(told).map(([name, value]): [string, unknown] => [`8returns.${name}`, value]), ...eans].flatMap(
      ([name, value]) => (typeof value === 'string' || typeof value === 'boolean' ? [[name, value]] : []),
    ),
  )
}
