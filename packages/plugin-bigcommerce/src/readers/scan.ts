import type { V3List } from '../wire/index.ts'

const MOST_PAGES = 100_000

/** The pages of a v3 list from `first` on; `next` is 1 again behind the last one, where the next scan begins. */
export async function* scan(
  list: (page: number) => Promise<V3List>,
  first: number,
): AsyncIterable<{ rows: unknown[]; next: number; page: number }> {
  for (let page = first; page <= MOST_PAGES; page++) {
    const { data, meta } = await list(page)
    const last = data.length === 0 || page >= (meta?.pagination?.total_pages ?? page)
    yield { rows: data, next: last ? 1 : page + 1, page }
    if (last) return
  }
}

/** A page holds at most 500 records. */
const PAGE_OF_RECORDS = 500

export function* pieces<T>(records: readonly T[]): Iterable<{ records: T[]; last: boolean }> {
  for (let start = 0; start < records.length || start === 0; start += PAGE_OF_RECORDS)
    yield { records: records.slice(start, start + PAGE_OF_RECORDS), last: start + PAGE_OF_RECORDS >= records.length }
}
