import type { Receipt } from '@kontor/core'
import type { EightReturnsConfig } from '../config.ts'
import { progressOf } from '../mapping/index.ts'
import type { BookedItem, WireItem, WireReturn } from '../wire/index.ts'
import { ambiguous, refuse, wantedBy, type Wanted } from './wanted.ts'

export interface ReceiptPlan {
  /** What is to be sent: the difference between what the receipt says and what 8returns says. */
  book: readonly BookedItem[]
  /** SKUs that are as the receipt says already. */
  already: readonly string[]
  wanted: readonly Wanted[]
}

/**
 * Compares a receipt with the return as it is now. A receipt is a statement, not a step: after it, at least so many pieces of a SKU are so far.
 * @param attempted whether it was sent before, so that what is found done may be its own doing
 * @throws where the difference cannot be told to 8returns without doubt; nothing is sent then
 */
export function planReceipt(
  receipt: Receipt,
  state: WireReturn,
  config: EightReturnsConfig,
  attempted: boolean,
): ReceiptPlan {
  const wanted = wantedBy(receipt, state, config)
  const entries = wanted.map((each) => ({ sku: each.sku, entry: difference(each, state, attempted) }))
  return {
    book: entries.flatMap(({ entry }) => (entry === undefined ? [] : [entry])),
    already: entries.flatMap(({ sku, entry }) => (entry === undefined ? [sku] : [])),
    wanted,
  }
}

function difference(wanted: Wanted, state: WireReturn, attempted: boolean): BookedItem | undefined {
  const { sku, quantity, as, scope } = wanted
  const total = pieces(scope)
  if (quantity > total)
    throw refuse(
      'REQUEST_REJECTED',
      `The receipt tells ${quantity} of ${sku}, return ${state.id} has ${total}. 8returns takes no more than were registered; add them to the return there.`,
      'lines',
    )
  const needed = as === 'missing' ? missingNeeded(wanted, state, attempted) : stillNeeded(wanted, state, attempted)
  if (needed === 0) return undefined
  const open = wanted.all.filter((item) => isOpen(item, as))
  if (open.length > 1 && needed !== pieces(open))
    throw ambiguous(state, sku, `${open.length} of its lines are open, and not all of them are meant`)
  return {
    sku,
    quantity: needed,
    as,
    ...(wanted.condition === undefined ? {} : { condition: wanted.condition }),
    ...(wanted.note === undefined ? {} : { note: wanted.note }),
  }
}

/** Pieces that are not so far yet. Where some are and some are not, a receipt that means all of them is clear, and one that names lines is. */
function stillNeeded({ sku, quantity, as, scope, all }: Wanted, state: WireReturn, attempted: boolean): number {
  const open = pieces(scope.filter((item) => isOpen(item, as)))
  const done = pieces(scope) - open
  if (done === 0) return quantity
  const clear =
    open === 0 ||
    quantity === done + open ||
    (attempted && done >= quantity) ||
    (scope.length < all.length && done >= quantity)
  if (clear) return Math.max(0, quantity - done)
  throw ambiguous(
    state,
    sku,
    `${done} of ${done + open} pieces are ${as} already, and whether the receipt means these or others cannot be told; state the total`,
  )
}

/** That an item is missing cannot be seen in 8returns, so it is said once, and never again on a doubt: it may write to the customer. */
function missingNeeded({ sku, quantity, scope }: Wanted, state: WireReturn, attempted: boolean): number {
  if (attempted)
    throw refuse(
      'IN_DOUBT',
      `Whether ${sku} of return ${state.id} was booked as missing cannot be seen in the answers of 8returns, and saying it twice may write to the customer twice. Look there, then "kontor deliveries retry" or "skip".`,
      'lines',
    )
  const open = pieces(scope.filter((item) => isOpen(item, 'missing')))
  if (quantity <= open) return quantity
  throw refuse(
    'ALREADY_DIFFERENT',
    `The receipt says that ${quantity} of ${sku} are missing, and 8returns has only ${open} of return ${state.id} that have not arrived. Correct it by hand where it is wrong.`,
    'lines',
  )
}

/** How many pieces of what was wanted are so far; what read-back asks. A booking as missing never shows. */
export const isSettled = ({ as, quantity, scope }: Wanted): boolean =>
  as !== 'missing' && pieces(scope.filter((item) => !isOpen(item, as))) >= quantity

function isOpen(item: WireItem, as: BookedItem['as']): boolean {
  const { arrived, inspected, cancelled } = progressOf(item)
  if (cancelled) return false
  return as === 'inspected' ? inspected !== true : arrived !== true
}

const pieces = (items: readonly WireItem[]): number => items.reduce((sum, { quantity }) => sum + quantity, 0)
