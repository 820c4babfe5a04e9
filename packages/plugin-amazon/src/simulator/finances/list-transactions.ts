import type { Answer } from '@kontor/testkit/simulator'
import { callerOf } from '../access.ts'
import { invalidInput } from '../answers.ts'
import { marketplaceAt } from '../marketplaces.ts'
import { instantIn } from '../orders/query.ts'
import { DAY, iso, MINUTE, type AmazonCall, type Transaction } from '../world.ts'

type Part = Record<string, unknown>

const names = ['ORDER_ID', 'FINANCIAL_EVENT_GROUP_ID']

/**
 * `GET /finances/2024-06-19/transactions`. A window of more than 180 days is empty and no error; a page's token holds for five minutes
 * (models#4867) and for the same parameters, and a page may be empty and have one.
 */
export function listTransactions(call: AmazonCall): Answer {
  const { query, options } = call
  const found = find(call)
  const page = pageIn(call)
  const size = options.pageOfTransactions
  const empty = options.emptyPages && page.step % 2 === 1
  const rows = empty ? [] : found.slice(page.offset, page.offset + size)
  const offset = page.offset + rows.length
  const more = offset < found.length
  const nextToken = more ? tokenFor(call, parametersOf(query), offset, page.step + 1) : undefined
  return {
    json: {
      payload: {
        transactions: rows.map((one) => transactionJson(one, callerOf(call).sellerId)),
        ...(nextToken === undefined ? {} : { nextToken }),
      },
    },
  }
}

function find(call: AmazonCall): Transaction[] {
  const { query, world, clock } = call
  const name = query.get('relatedIdentifierName')
  const value = query.get('relatedIdentifierValue')
  if (name !== null && (!names.includes(name) || value === null)) invalidInput('The related identifier is not valid')
  const after = instantIn(query, 'postedAfter')
  if (after === undefined && name === null) return invalidInput('Start date cannot be null')
  const latest = clock.now() - 2 * MINUTE
  const before = instantIn(query, 'postedBefore') ?? latest
  if (before > latest || (after ?? 0) > latest) invalidInput('The date must be more than two minutes in the past')
  if (after !== undefined && before < after) invalidInput('postedBefore is before postedAfter')
  if (after !== undefined && before - after > 180 * DAY) return []
  const { sellerId } = callerOf(call)
  return world.transactions
    .filter(
      (one) =>
        world.orders.get(one.orderId)?.sellerId === sellerId &&
        one.showsAt <= clock.now() &&
        one.posted < before &&
        one.posted >= (after ?? 0) &&
        (name !== 'ORDER_ID' || one.orderId === value) &&
        name !== 'FINANCIAL_EVENT_GROUP_ID' &&
        one.marketplaceId === (query.get('marketplaceId') ?? one.marketplaceId) &&
        one.status === (query.get('transactionStatus') ?? one.status),
    )
    .toSorted((left, right) => left.posted - right.posted)
}

const parametersOf = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== 'nextToken')
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&')

function tokenFor({ world, clock, random }: AmazonCall, parameters: string, offset: number, step: number): string {
  const token = `${random.hex(32)}.${step}`
  world.offsets.set(token, { expiresAt: clock.now() + 5 * MINUTE, parameters, offset })
  return token
}

function pageIn({ query, world, clock }: AmazonCall): { offset: number; step: number } {
  const token = query.get('nextToken')
  if (token === null) return { offset: 0, step: 0 }
  const kept = world.offsets.get(token)
  if (kept === undefined || kept.expiresAt <= clock.now() || kept.parameters !== parametersOf(query))
    return invalidInput('Invalid nextToken')
  return { offset: kept.offset, step: Number(token.split('.')[1]) }
}

const total = (items: Transaction['items']): number =>
  items.reduce((all, { principal, tax, shipping }) => all + principal + tax + shipping, 0)

/** Money is a number here, and what is paid back is negative. */
function transactionJson(one: Transaction, sellerPartnerId: string): Part {
  const { currency, name } = marketplaceAt(one.marketplaceId)
  const sign = one.type === 'Refund' ? -1 : 1
  const amount = (smallest: number): Part => ({
    currencyCode: currency,
    currencyAmount: Number(((sign * smallest) / (currency === 'JPY' ? 1 : 100)).toFixed(2)),
  })
  const part = (breakdownType: string, smallest: number, breakdowns: Part[] = []): Part => ({
    breakdownType,
    breakdownAmount: amount(smallest),
    breakdowns,
  })
  const partsOf = (items: Transaction['items']): Part[] => {
    const sum = (of: 'principal' | 'tax' | 'shipping'): number => items.reduce((all, item) => all + item[of], 0)
    const kinds = [
      part('Product Charges', sum('principal')),
      ...(sum('tax') === 0 ? [] : [part('Tax', sum('tax'))]),
      ...(sum('shipping') === 0 ? [] : [part('Shipping', sum('shipping'))]),
    ]
    return [part('Sales', sum('principal') + sum('tax') + sum('shipping'), kinds)]
  }
  const json: Part = {
    sellingPartnerMetadata: {
      sellingPartnerId: sellerPartnerId,
      accountType: 'Standard Orders',
      marketplaceId: one.marketplaceId,
    },
    relatedIdentifiers: [
      { relatedIdentifierName: 'ORDER_ID', relatedIdentifierValue: one.orderId },
      { relatedIdentifierName: 'REFUND_ID', relatedIdentifierValue: one.refundId },
      ...(one.releases === undefined
        ? []
        : [{ relatedIdentifierName: 'DEFERRED_TRANSACTION_ID', relatedIdentifierValue: one.releases }]),
    ],
    transactionType: one.type,
    transactionId: one.id,
    transactionStatus: one.status,
    description: one.description,
    postedDate: iso(one.posted),
    totalAmount: amount(total(one.items)),
    marketplaceDetails: { marketplaceId: one.marketplaceId, marketplaceName: name },
    items: one.items.map((item) => ({
      description: item.sku,
      relatedIdentifiers: [
        { itemRelatedIdentifierName: 'ORDER_ADJUSTMENT_ITEM_ID', itemRelatedIdentifierValue: item.lineId },
      ],
      totalAmount: amount(total([item])),
      contexts: [
        {
          contextType: 'ProductContext',
          asin: item.asin,
          sku: item.sku,
          quantityShipped: item.quantity,
          fulfillmentNetwork: 'MFN',
        },
      ],
      breakdowns: partsOf([item]),
    })),
    breakdowns: partsOf(one.items),
  }
  return one.damaged ? { ...json, totalAmount: 'much', items: 'none', postedDate: 'yesterday' } : json
}
