import { KontorError, type Page, type Reader, type Rejection, type Return } from '@kontor/core'
import { z } from 'zod'
import { toClaim, toClosedClaim, toOpenClaim } from '../mapping/index.ts'
import { ToDoIdWire, ToDoItemWire } from '../wire/index.ts'
import { fillBook, type ListNeeds } from './all-sales.ts'

/** `open`: units with a claim on the to-do list. `pending`: those whose messages are about to be read, noted before that marks them as read. */
export const ClaimsCheckpoint = z.object({ open: z.array(z.string()), pending: z.array(z.string()) })
export type ClaimsCheckpoint = z.infer<typeof ClaimsCheckpoint>

const pageSize = 100

type ClaimsPage = Page<'returns', ClaimsCheckpoint>

export function createClaimsReader(needs: ListNeeds): Reader<'returns', ClaimsCheckpoint> {
  return { read: ({ checkpoint, signal }) => readClaims(needs, checkpoint ?? { open: [], pending: [] }, signal) }
}

/**
 * The to-do list names units with claims and unread messages. Units with messages alone are left alone: reading marks them as read, and there
 * is no record they would become. With `readMessages` the units to read are stored first, then read: a crash in between reads them again.
 */
async function* readClaims(needs: ListNeeds, begun: ClaimsCheckpoint, signal: AbortSignal): AsyncGenerator<ClaimsPage> {
  const { client, config, book, log } = needs
  const { items, rejected } = readToDo((await client.toDoList(signal)).items)
  const claims = items.filter(({ causes }) => causes.includes('CLAIM'))
  const open = claims.map(({ itemid }) => itemid)
  const messagesOnly = items.length - claims.length
  if (messagesOnly > 0)
    log.info('articles with unread messages and no claim; answer them at Rakuten', { articles: messagesOnly })

  const known = new Set(begun.open)
  const fresh = open.filter((id) => !known.has(id))
  if (fresh.some((id) => book.homeOf(id) === undefined)) await fillBook(needs, signal)
  const closed = begun.open.filter((id) => !open.includes(id))
  const records: Return[] = [...fresh.map((id) => toOpenClaim(id, book.homeOf(id))), ...closed.map(toClosedClaim)]
  const unread = claims
    .filter(({ itemid, causes }) => !known.has(itemid) || causes.some((cause) => cause.startsWith('UNREAD')))
    .map(({ itemid }) => itemid)
  const pending = config.readMessages ? [...new Set([...begun.pending, ...unread])] : []
  // Cut into pages; only the last one says that all of it was told.
  let start = 0
  for (; records.length - start > pageSize; start += pageSize)
    yield { records: records.slice(start, start + pageSize), checkpoint: begun }
  yield { records: records.slice(start), rejected, checkpoint: { open, pending } }

  for (const [index, itemId] of pending.entries()) {
    const { item } = await client.itemInfos(itemId, signal)
    yield { records: [toClaim(item, book.homeOf(itemId))], checkpoint: { open, pending: pending.slice(index + 1) } }
  }
}

function readToDo(raw: readonly unknown[]): { items: ToDoItemWire[]; rejected: Rejection[] } {
  const items: ToDoItemWire[] = []
  const rejected: Rejection[] = []
  for (const one of raw) {
    const parsed = ToDoItemWire.safeParse(one)
    if (parsed.success) items.push(parsed.data)
    else {
      const named = ToDoIdWire.safeParse(one)
      rejected.push({
        ...(named.success ? { ref: { entity: 'returns' as const, id: named.data.itemid } } : {}),
        path: parsed.error.issues[0]?.path.join('.') ?? '',
        error: new KontorError('RECORD_INVALID', {
          message: 'An entry of the to-do list of Rakuten does not have the form we know.',
        }),
        raw: one,
      })
    }
  }
  return { items, rejected }
}
