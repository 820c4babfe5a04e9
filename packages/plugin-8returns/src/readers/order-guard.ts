import type { WireRow } from '../wire/index.ts'
import { isNoNewer } from './vendor-time.ts'

/** Watches whether the rows really come newest first. */
export interface OrderGuard {
  /** True as long as they do, this page included. */
  accepts(rows: readonly WireRow[]): boolean
}

/**
 * A list that is asked for in an order may come in another one, without a word. Inside a page each row must be no newer than the one before.
 * From page to page only rows not seen yet count, because rows move down when others jump to the top; and those newer than `top` do not count:
 * they jumped there meanwhile and come with the next run. A page on which no time can be read proves nothing, so its order does not count as kept.
 */
export function createOrderGuard(top: () => string | undefined): OrderGuard {
  const seen = new Set<string>()
  let oldest: string | undefined

  return {
    accepts(rows) {
      const timed = rows.filter(({ updatedAt }) => isNoNewer(updatedAt, updatedAt) === true)
      const descending = timed.every(
        (row, index) => index === 0 || isNoNewer(row.updatedAt, timed[index - 1]?.updatedAt) === true,
      )
      const settled = timed
        .filter(({ id }) => id === undefined || !seen.has(id))
        .filter(({ updatedAt }) => isNoNewer(updatedAt, top() ?? updatedAt) !== false)
      const continues = settled.every(({ updatedAt }) => oldest === undefined || isNoNewer(updatedAt, oldest) === true)
      for (const { id } of rows) if (id !== undefined) seen.add(id)
      for (const { updatedAt } of timed) if (isNoNewer(updatedAt, oldest ?? updatedAt) === true) oldest = updatedAt
      return descending && continues && (timed.length > 0 || rows.length === 0)
    },
  }
}
