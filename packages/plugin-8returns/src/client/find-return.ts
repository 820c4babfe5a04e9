import { KontorError } from '@kontor/core'
import { WireReturn, WireRow } from '../wire/index.ts'
import type { Client } from './client.ts'

/** A return, named as precisely as we can. */
export interface Named {
  id: string
  /** What people call it: its RMA number, the number of its order. The list is searched by these where it cannot be asked for by id. */
  numbers?: readonly string[] | null | undefined
}

const searchPages = 5
const searchPageSize = 50

/**
 * One return as it comes. A 404 cannot tell "no such return" from "no such address" (no caller has been seen to ask for a single return), so
 * the list is searched by what people call it, then by the id itself, and the row with the same id is taken.
 * @returns `undefined` only where that fails too
 */
export async function findReturn(client: Client, { id, numbers }: Named, signal: AbortSignal): Promise<unknown> {
  const direct = await client.getReturn(id, signal)
  if (direct !== undefined && WireRow.parse(direct).id === id) return direct
  for (const search of new Set([...(numbers ?? []), id])) {
    const found = await searchList(client, search, id, signal)
    if (found !== undefined) return found
  }
  return undefined
}

async function searchList(client: Client, search: string, id: string, signal: AbortSignal): Promise<unknown> {
  let first: string | undefined
  for (let page = 1; page <= searchPages; page++) {
    const { rows, pages } = await client.listReturns({ search, page, pageSize: searchPageSize }, signal)
    const ids = rows.map((row) => WireRow.parse(row).id)
    const at = ids.indexOf(id)
    if (at >= 0) return rows[at]
    // A list that does not turn the page would be read for nothing.
    if (
      rows.length === 0 ||
      (page > 1 && ids[0] === first) ||
      (pages === undefined ? rows.length < searchPageSize : page >= pages)
    )
      return undefined
    first = ids[0]
  }
  return undefined
}

/** The return as 8returns has it now, checked as a whole, because something is about to be written to it. */
export async function readReturn(client: Client, named: Named, signal: AbortSignal): Promise<WireReturn | undefined> {
  const raw = await findReturn(client, named, signal)
  if (raw === undefined) return undefined
  const parsed = WireReturn.safeParse(raw)
  if (parsed.success) return parsed.data
  const path = (parsed.error.issues[0]?.path ?? []).map(String).join('.')
  throw new KontorError('RECORD_INVALID', {
    message: `Return ${named.id} came in a form we do not know (\`${path}\`); nothing was written to it.`,
    path,
  })
}
