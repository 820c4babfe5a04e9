import { isKontorError, type Json } from '@kontor/core'
import { z } from 'zod'
import type { Client } from '../client/index.ts'
import type { EightReturnsConfig } from '../config.ts'
import { targetOf, type Operation } from '../tables/endpoints.ts'
import { compareShape, describeDifferences, listQuery, redactAnswer, WirePage, WireRow } from '../wire/index.ts'

export const recordArguments = z.strictObject({
  search: z.string().trim().min(1).optional(),
  rows: z.coerce.number().int().min(1).max(50).default(5),
})

interface Needs {
  client: Client
  config: EightReturnsConfig
}
/** What came back, as a fixture of the testkit, and what differs from what we assume. */
type Recorded = { operation: Operation; differences: string[]; fixture: Json }

/** The list, and the newest of its returns by its id: whether that address exists is inferred until then. */
export async function recordAnswers(
  { client, config }: Needs,
  { search, rows }: z.output<typeof recordArguments>,
  signal: AbortSignal,
): Promise<Recorded[]> {
  const asked = { page: 1, pageSize: rows, newestFirst: true, ...(search === undefined ? {} : { search }) }
  const list = await client.recordReturns(asked, signal)
  const listed = recorded('listReturns', config, list, listQuery({ ...asked, ...(search ? { search: 'x' } : {}) }))
  const page = WirePage.safeParse(list)
  const id = page.success ? WireRow.parse(page.data.rows[0]).id : undefined
  if (id === undefined) return [listed]
  try {
    return [listed, recorded('getReturn', config, await client.recordReturn(id, signal), {}, id)]
  } catch (error) {
    if (!isKontorError(error) || error.code === 'ABORTED') throw error
    return [listed, { operation: 'getReturn', differences: [`one return by its id: ${error.code}`], fixture: null }]
  }
}

function recorded(
  operation: Operation,
  { endpoints }: EightReturnsConfig,
  answer: unknown,
  query: Readonly<Record<string, string | number | undefined>>,
  id?: string,
): Recorded {
  const sent = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return {
    operation,
    differences: [...describeDifferences(compareShape(operation, answer))],
    fixture: {
      // The id is masked as it is in the answer, so that both still fit together.
      ...targetOf(operation, endpoints, id === undefined ? undefined : z.coerce.string().parse(redactAnswer(idOf(id)))),
      query: new URLSearchParams(sent).toString(),
      status: 200,
      contentType: 'application/json',
      answer: redactAnswer(answer),
    },
  }
}

const idOf = (id: string): string | number => (/^\d{1,15}$/.test(id) ? Number(id) : id)
