import { isKontorError, type Delivery, type Entity, type Outcome } from '@kontor/core'
import { done, refused } from './outcomes.ts'

/** One thing to write, and the wish it fulfils. */
export interface Row<E extends Entity, T> {
  delivery: Delivery<E>
  row: T
}

/**
 * Writes rows together. BigCommerce refuses a batch as a whole for one bad row, and does not always say which: a refused batch is halved
 * until the bad row stands alone, and the others are written. For writes that may be repeated only.
 */
export async function* writeInHalves<E extends Entity, T>(
  rows: readonly Row<E, T>[],
  write: (rows: readonly Row<E, T>[]) => Promise<void>,
): AsyncIterable<Outcome> {
  const first = rows[0]
  if (first === undefined) return
  try {
    await write(rows)
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.code !== 'REQUEST_REJECTED') throw thrown
    if (rows.length === 1) {
      yield refused(first.delivery, thrown)
      return
    }
    const middle = Math.ceil(rows.length / 2)
    yield* writeInHalves(rows.slice(0, middle), write)
    yield* writeInHalves(rows.slice(middle), write)
    return
  }
  for (const { delivery } of rows) yield done(delivery)
}

export function* chunks<T>(list: readonly T[], size: number): Iterable<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
