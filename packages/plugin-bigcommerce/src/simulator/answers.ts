import type { Answer } from '@kontor/testkit/simulator'

const TYPE = 'https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes'

/** v2 answers an error as a list. */
export const v2Error = (status: number, message: string): Answer => ({ status, json: [{ status, message }] })
export const v3Error = (status: number, title: string, errors: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  json: { status, title, type: TYPE, errors },
})

/** A list of v2: what is empty, or behind the end, is 204 without a body. */
export function v2Page(rows: readonly unknown[], query: URLSearchParams): Answer {
  const { page, limit } = pageOf(query)
  const some = rows.slice((page - 1) * limit, page * limit)
  return some.length === 0 ? { status: 204 } : { json: some }
}

export function v3Page(rows: readonly unknown[], query: URLSearchParams, most = 250): Answer {
  const { page, limit } = pageOf(query, most)
  const data = rows.slice((page - 1) * limit, page * limit)
  const pages = Math.max(1, Math.ceil(rows.length / limit))
  return {
    json: {
      data,
      meta: {
        pagination: {
          total: rows.length,
          count: data.length,
          per_page: limit,
          current_page: page,
          total_pages: pages,
          links: { current: `?page=${page}&limit=${limit}` },
        },
      },
    },
  }
}

function pageOf(query: URLSearchParams, most = 250): { page: number; limit: number } {
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const limit = Math.min(most, Math.max(1, Number(query.get('limit') ?? 50) || 50))
  return { page, limit }
}

/** Some rows twice, as a list may have them that moves while it is read. */
export const doubled = <T>(rows: readonly T[], { disordered }: { disordered: boolean }): T[] =>
  disordered ? rows.flatMap((row, index) => (index % 3 === 0 ? [row, row] : [row])) : [...rows]

export const listOf = (query: URLSearchParams, name: string): string[] | undefined => {
  const value = query.get(name)
  return value === null || value === '' ? undefined : value.split(',')
}
