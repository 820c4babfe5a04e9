import { isKontorError, type Log } from '@kontor/core'
import type { RakutenClient } from './client.ts'
import { pagesOf } from './pages.ts'

/** The sales of a list, unread; `complete` is false where Rakuten repeated a token and the rest could not be asked for. */
export interface ListedSales {
  readonly sales: readonly unknown[]
  readonly complete: boolean
}

/** All confirmed sales from a day on. */
export async function listConfirmed(
  client: RakutenClient,
  purchaseDate: string,
  log: Log,
  signal: AbortSignal,
): Promise<ListedSales> {
  let complete = true
  const sales: unknown[] = []
  const onRepeat = (): void => {
    complete = false
    log.warn('Rakuten repeated the token of a page of confirmed sales; what came before is used', {
      sales: sales.length,
    })
  }
  for await (const page of pagesOf((token) => client.currentSales({ purchaseDate, token }, signal), 'confirmed sales', {
    onRepeat,
  }))
    sales.push(...page.sales)
  return { sales, complete }
}

/** The confirmed sales from a day on that have units left to ship. A list that cannot be read to its end is an error: absence means "shipped". */
export async function listNotShipped(
  client: RakutenClient,
  purchaseDate: string,
  signal: AbortSignal,
): Promise<unknown[]> {
  const sales: unknown[] = []
  const pages = pagesOf(
    (token) => client.currentSales({ purchaseDate, token, notShipped: true }, signal),
    'sales not shipped (`detectShipped: false` does without)',
  )
  for await (const page of pages) sales.push(...page.sales)
  return sales
}

/** A pre-order may wait for months: they are listed from so many days ago. */
export const preorderDays = 365

/**
 * Pre-orders that wait to be confirmed. Whether the list of confirmed sales names them too is not documented, so they are asked for; an account
 * that may not ask goes without.
 */
export async function listPreorders(
  client: RakutenClient,
  purchaseDate: string,
  log: Log,
  signal: AbortSignal,
): Promise<unknown[]> {
  const sales: unknown[] = []
  try {
    for await (const page of pagesOf(
      (token) => client.currentSales({ purchaseDate, token, preorders: true }, signal),
      'pre-orders',
      { onRepeat: () => log.warn('Rakuten repeated the token of a page of pre-orders; what came before is used') },
    ))
      sales.push(...page.sales)
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.code !== 'REQUEST_REJECTED') throw thrown
    log.warn('Rakuten does not list pre-orders by themselves; those in the other lists are used', {
      why: thrown.message,
    })
  }
  return sales
}
