import { money, toInstant, type Instant, type Money, type Return, type ReturnLine } from '@kontor/core'
import { resolutions, returnLifecycles, returnReason } from '../tables/index.ts'
import { rowsOf, type Row } from './flat-file.ts'
import { textOrNull } from './values.ts'

const columns = ['order id', 'amazon rma id', 'merchant sku', 'return quantity', 'return request date']

export const returnRowsOf = (text: string): Row[] => rowsOf(text, columns, 'returns')

export const returnIdOf = (row: Row): string => row['amazon rma id'] ?? ''

/** All rows of one RMA are one return. Days stand without a zone, and are read as UTC. */
export function toReturn(rows: readonly Row[]): Return {
  const [first] = rows
  const id = textOrNull(first && returnIdOf(first))
  if (first === undefined || id === null) throw new RangeError('it has no Amazon RMA ID')
  const text = (name: string): string | null => textOrNull(first[name])
  const orderId = text('order id')
  const status = text('return request status')
  const requested = dayOf(text('return request date'))
  const delivered = dayOf(text('return delivery date'))
  const merchantRma = text('merchant rma id')
  const refunded = rows.map((row) => moneyIn(row, 'refunded amount')).flatMap((each) => each ?? [])
  const currency = text('currency code')
  const back = currency === null || refunded.length === 0 ? null : money.sum(refunded, currency)
  const label = text('tracking id')
  return {
    entity: 'returns',
    id,
    numbers: [id, ...(merchantRma ? [merchantRma] : [])],
    flags: ['day-zone-assumed'],
    about: { entity: 'orders', ...(orderId === null ? {} : { id: orderId, number: orderId }) },
    rmaNumber: id,
    kind: {
      value: text('a-to-z claim') === 'Y' ? 'claim' : 'return',
      ...(text('return type') ? { source: text('return type') ?? '' } : {}),
    },
    lifecycle: { value: returnLifecycles[(status ?? '').toLowerCase()] ?? 'unknown', source: status ?? 'none' },
    logistics: { value: delivered ? 'delivered' : label ? 'label_created' : 'not_shipped' },
    financial: { value: back && !money.isZero(back) ? financialOf(rows, back) : 'none' },
    lines: rows.map(toLine),
    labels: label
      ? [
          {
            status: delivered ? 'used' : 'ready',
            carrier: text('return carrier'),
            trackingNumber: label,
            cost: moneyIn(first, 'label cost'),
            ...(text('label to be paid by')
              ? { chargedTo: /customer/i.test(text('label to be paid by') ?? '') ? 'customer' : 'merchant' }
              : {}),
          },
        ]
      : [],
    totals: back ? { refund: back } : null,
    requestedAt: requested,
    deliveredAt: delivered,
    extensions: {
      'amazon.prime': text('is prime') === 'Y',
      'amazon.inPolicy': text('in policy') === 'Y',
      ...(text('safet claim id') ? { 'amazon.safetClaim': text('safet claim id') } : {}),
      ...(text('safet claim state') ? { 'amazon.safetState': text('safet claim state') } : {}),
    },
  }
}

function toLine(row: Row): ReturnLine {
  const quantity = row['return quantity'] ?? ''
  if (!/^\d{1,6}$/.test(quantity)) throw new RangeError(`its quantity is ${JSON.stringify(quantity.slice(0, 20))}`)
  const itemId = textOrNull(row['order item id'])
  const sku = textOrNull(row['merchant sku'])
  const reason = textOrNull(row['return reason'])
  const resolution = textOrNull(row['resolution'])
  return {
    id: itemId ?? sku ?? '1',
    ...(itemId ? { orderLineId: itemId } : {}),
    sku,
    title: textOrNull(row['item name']),
    quantity: { requested: Number(quantity) },
    reason: reason === null ? null : { value: returnReason(reason), source: reason.slice(0, 200) },
    requestedResolution:
      resolution === null
        ? null
        : { value: resolutions[resolution.toLowerCase()] ?? 'unknown', source: resolution.slice(0, 200) },
    refundAmount: moneyIn(row, 'refunded amount'),
  }
}

function financialOf(rows: readonly Row[], back: Money): 'partially_refunded' | 'refunded' {
  const amounts = rows.flatMap((row) => moneyIn(row, 'order amount') ?? [])
  return amounts.length > 0 && money.compare(back, money.sum(amounts, back.currency)) < 0
    ? 'partially_refunded'
    : 'refunded'
}

function moneyIn(row: Row, name: string): Money | null {
  const [amount, currency] = [row[name] ?? '', row['currency code'] ?? '']
  return /^\d+(\.\d+)?$/.test(amount) && /^[A-Z]{3}$/.test(currency) ? { amount, currency } : null
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** `10-Jul-2025`, or an ISO date. */
function dayOf(text: string | null): Instant | null {
  const told = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text ?? '')
  const month = told ? months.indexOf((told[2] ?? '').toLowerCase()) : -1
  const at = told && month >= 0 ? Date.UTC(Number(told[3]), month, Number(told[1])) : Date.parse(text ?? '')
  return Number.isNaN(at) ? null : toInstant(at)
}
