import { mergeStatements, type Intake, type Ref } from '@kontor/core'
import { unlessUnknown } from '../client/index.ts'
import { toDetails, toOrder } from '../mapping/index.ts'
import { fillBook, type ListNeeds } from './all-sales.ts'

/**
 * Sales by their number. There is no call for a whole sale: what the lists told is joined with contact, label, prices and commissions, which
 * are told by number once a unit was accepted. A sale that no list names any more is told by its billing alone: how it ended.
 */
export async function* fetchSales(
  needs: ListNeeds,
  refs: readonly Ref[],
  signal: AbortSignal,
): AsyncGenerator<Intake<'orders'>> {
  const { client, config, book, clock } = needs
  if (book.isStale(clock.now()) || refs.some(({ id }) => book.get(id) === undefined && !book.hasLeft(id)))
    await refill(needs, refs, signal)
  for (const { id } of refs) {
    const entry = book.get(id)
    if (entry === undefined) {
      const billing = await unlessUnknown(client.billing(id, signal))
      // Neither list nor billing knows it: it has vanished, and is left out.
      if (billing !== undefined)
        yield { records: [toDetails(id, { billed: billing.billinginformation.items, statuses: config.statuses })] }
      continue
    }
    const contact = config.contact === 'when-missing' && entry.contactMissing && entry.accepted > 0
    const shipping = contact ? await unlessUnknown(client.shipping(id, signal)) : undefined
    const billing = config.fees && entry.accepted > 0 ? await unlessUnknown(client.billing(id, signal)) : undefined
    const details = toDetails(id, {
      shipping: shipping?.shippinginformation,
      billed: billing?.billinginformation.items,
      lines: entry.lines,
      statuses: config.statuses,
    })
    const billed = details.totals?.grand != null || (await book.isBilled(id))
    yield { records: [mergeStatements(toOrder(entry.sale, { config, toShip: book.toShip, billed }), details)] }
    if (entry.accepted > 0) await book.detailsFetched(id, billed)
  }
}

/** Fills the book, and takes out of it what was asked for and is in no list. */
async function refill(needs: ListNeeds, refs: readonly Ref[], signal: AbortSignal): Promise<void> {
  const known = new Map(refs.map(({ id }) => [id, needs.book.get(id)]))
  for (const { id } of refs) needs.book.leave(id)
  try {
    await fillBook(needs, signal)
  } catch (thrown) {
    for (const entry of known.values())
      if (entry !== undefined) needs.book.remember(entry.sale, toOrder(entry.sale, { config: needs.config }))
    throw thrown
  }
}
