import type { Coded, Return } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import type { ReturnFlag } from '../tables/flags.ts'
import type { WireReturn } from '../wire/index.ts'
import { activeItems, progressOf, share } from './progress.ts'

type Lifecycle = NonNullable<Return['lifecycle']>

/** The status words anybody has been seen to compare with. */
const knownWords: readonly string[] = ['open', 'closed']

/**
 * Is it agreed? The status is coarse (one caller knows "open" and "closed"), so the booleans refine "open". A word nobody told us about is
 * `unknown` whatever else the return says: it may mean "declined".
 */
export function toLifecycle(wire: WireReturn, { lifecycleMap }: EightReturnsConfig, flags: Set<ReturnFlag>): Lifecycle {
  const word = wire.status?.toLowerCase()
  const source = wire.status ? { source: wire.status.slice(0, 200) } : {}
  const mapped = wire.status
    ? (lifecycleMap[wire.status] ?? (word === undefined ? undefined : lifecycleMap[word]))
    : undefined
  if (mapped !== undefined) return { value: mapped, ...source }
  if (wire.items.length > 0 && activeItems(wire).length === 0) return { value: 'cancelled', ...source }
  if (word !== undefined && !knownWords.includes(word)) {
    flags.add('unknown-status')
    return { value: 'unknown', ...source }
  }
  if (word === 'closed') return { value: 'closed', ...source }
  if (wire.registered === true) return { value: 'approved', ...source }
  return { value: wire.registered === false ? 'requested' : 'unknown', ...source }
}

/** Where are the goods? 8returns tells arrivals only: before them we do not know whether anything was shipped. */
export function toLogistics(wire: WireReturn): Coded<'received' | 'partially_received'> | undefined {
  const items = activeItems(wire)
  const arrived = share(items.map((item) => progressOf(item).arrived)) ?? (wire.arrived === true ? 'all' : undefined)
  if (arrived === undefined) return items.length === 0 ? undefined : { value: 'unknown' }
  if (arrived === 'all') return { value: 'received' }
  return { value: arrived === 'some' || wire.arrived === true ? 'partially_received' : 'unknown' }
}

export function toInspection(wire: WireReturn): 'none' | 'partial' | 'complete' | undefined {
  const inspected = share(activeItems(wire).map((item) => progressOf(item).inspected))
  if (inspected === undefined)
    return wire.inspected === true ? 'complete' : wire.inspected === false ? 'none' : undefined
  return inspected === 'all' ? 'complete' : inspected === 'some' ? 'partial' : 'none'
}

/** Independent of the goods: a buyer may be refunded and keep the item. */
export function toFinancial(wire: WireReturn): Coded<'none' | 'partially_refunded' | 'refunded'> | undefined {
  if (wire.refunded === true) return { value: 'refunded' }
  const refunded = share(activeItems(wire).map((item) => progressOf(item).refunded))
  if (refunded === 'all') return { value: 'refunded' }
  if (refunded === 'some') return { value: 'partially_refunded' }
  return refunded === 'none' || wire.refunded === false ? { value: 'none' } : undefined
}
