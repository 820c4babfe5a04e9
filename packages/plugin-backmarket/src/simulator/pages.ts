import type { Answer } from '@kontor/testkit/simulator'
import { notFound } from './errors.ts'

interface Paging {
  page: number
  size: number
  pastEnd: '404' | 'empty'
  endlessNext: boolean
}

/** `page` and `page-size` as the API takes them: 10 unless said, never more than 50; other names are not heard. */
export function pagingOf(
  query: URLSearchParams,
  { pastEnd, endlessNext }: Pick<Paging, 'pastEnd' | 'endlessNext'>,
  fixedSize?: number,
): Paging {
  const number = (name: string, otherwise: number): number =>
    Math.max(1, Math.trunc(Number(query.get(name) ?? otherwise)) || otherwise)
  return { page: number('page', 1), size: fixedSize ?? Math.min(50, number('page-size', 10)), pastEnd, endlessNext }
}

const link = (number: number): string => `https://www.backmarket.fr/bm/merchants/users?page=${number}`

/** One page. The links lead somewhere else on purpose: the documentation's own example names the path of another resource. */
export function pageOf(all: readonly unknown[], { page, size, pastEnd, endlessNext }: Paging): Answer {
  const results = all.slice((page - 1) * size, page * size)
  if (page > 1 && results.length === 0 && pastEnd === '404') return notFound('Invalid page.')
  return {
    json: {
      count: all.length,
      next: endlessNext || page * size < all.length ? link(page + 1) : null,
      previous: page > 1 ? link(page - 1) : null,
      results,
    },
  }
}
