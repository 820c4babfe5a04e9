import type { ReturnLine } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import type { ReturnFlag } from '../tables/flags.ts'
import type { WireItem } from '../wire/index.ts'
import { toMoney } from './amounts.ts'
import { toGtin } from './gtin.ts'
import { toTime } from './instants.ts'
import { progressOf } from './progress.ts'
import { toGrade, toReason, toResolution } from './words.ts'

interface Around {
  config: EightReturnsConfig
  /** Of the return, where the item names none. */
  currency: string | null | undefined
  flags: Set<ReturnFlag>
}

/** One item as a line. Quantities say how far it is: an item goes as a whole, so each is all or nothing. */
export function toLine(item: WireItem, { config, currency, flags }: Around): ReturnLine {
  const { cancelled, arrived, inspected, refunded } = progressOf(item)
  const own = item.currency ?? currency
  const { texts, pictures } = config.pii
  const rejected =
    inspected === true && config.rejectedCondition !== undefined && item.condition === config.rejectedCondition
  const pieces = (is: boolean | undefined): number | undefined =>
    is === undefined ? undefined : is ? item.quantity : 0
  return {
    id: item.id,
    sku: item.sku,
    gtin: typeof item.ean === 'string' ? (toGtin(item.ean) ?? unreadable(flags)) : item.ean,
    title: item.title,
    quantity: {
      requested: item.quantity,
      cancelled: cancelled ? item.quantity : 0,
      received: pieces(arrived),
      rejected: rejected ? item.quantity : undefined,
      restocked: item.restocked === null ? undefined : pieces(item.restocked),
      refunded: pieces(refunded),
    },
    reason: toReason(item, config, flags),
    customerText: texts ? item.reasonText : undefined,
    pictures: pictures ? item.pictures : undefined,
    requestedResolution: toResolution(item, config, flags),
    inspection: toInspected(item, config, flags, inspected),
    receivedAt: toTime(item.arrivedAt, config.timeZone, flags),
    unitPrice: toMoney(item.amount, own, flags),
    total: toMoney(item.totalAmount, own, flags),
  }
}

/** What the warehouse found; `null` where 8returns says that nobody has looked yet. */
function toInspected(
  item: WireItem,
  config: EightReturnsConfig,
  flags: Set<ReturnFlag>,
  inspected: boolean | undefined,
): ReturnLine['inspection'] {
  const found = {
    grade: toGrade(item, config),
    note: config.pii.texts ? item.notes : undefined,
    at: toTime(item.inspectedAt, config.timeZone, flags),
  }
  if (Object.values(found).some((value) => value !== null && value !== undefined)) return found
  return inspected === false ? null : undefined
}

function unreadable(flags: Set<ReturnFlag>): null {
  flags.add('gtin-unreadable')
  return null
}
