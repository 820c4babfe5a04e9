import { KontorError, type Page, type Reader, type Rejection, type Return, type Clock, type Log } from '@kontor/core'
import { z } from 'zod'
import { listConfirmed, type RakutenClient } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parisDay, toClaim, toClosedClaim, toOpenClaim, toOrder } from '../mapping/index.ts'
import { ToDoItemWire } from '../wire/index.ts'
import { readSale } from './read-sale.ts'
import type { SaleBook } from './sale-book.ts'

/** `open`: units with a claim on the to-do list. `pending`: those whose messages are about to be read, noted before that marks them as read. */
export const ClaimsCheckpoint = z.object({ open: z.array(z.string()), pending: z.array(z.string()) })
export type ClaimsCheckpoint = z.infer<typeof ClaimsCheckpoint>

export interface ClaimsNeeds {
  client: RakutenClient
  config: RakutenConfig
  book: SaleBook
  clock: Clock
  log: Log
}

type ClaimsPage = Page<'returns', ClaimsCheckpoint>

export function createClaimsReader(needs: ClaimsNeeds): Reader<'returns', ClaimsCheckpoint> {
  return { read: ({ checkpoint, signal }) => readClaims(needs, checkpoint ?? { open: [], pending: [] }, signal) }
}

/**
 * The to-do list names units with claims and unread messages. Units with messages alone are left alone: reading marks them as read, and there
 * is no record they would become. With `readMessages` the units to read are stored first, then read: a crash in between reads them again.
 */
async function* readClaims(
  needs: ClaimsNeeds,
  begun: ClaimsCheckpoint,
  signal: AbortSignal,
): AsyncGenerator<ClaimsPage> {
  const { client, config, book, log } = needs
  const { items, rejected } = readToDo((await client.toDoList(signal)).items)
  const claims = items.filter(({ causes }) => causes.includes('CLAIM'))
  const open = claims.map(({ itemid }) => itemid)
  const messagesOnly = items.length - claims.length
  if (messagesOnly > 0)
    log.info('articles with unread messages and no claim; answer them at Rakuten', { articles: messagesOnly })

  const known = new Set(begun.open)
  const fresh = open.filter((id) => !known.has(id))
  if (fresh.some((id) => book.homeOf(id) === undefined)) await findHomes(needs, signal)
  const closed = begun.open.filter((id) => !open.includes(id))
  const records: Return[] = [...fresh.map((id) => toOpenClaim(id, book.homeOf(id))), ...closed.map(toClosedClaim)]
  const unread = claims
    .filter(({ itemid, causes }) => !known.has(itemid) || causes.some((cause) => cause.startsWith('UNREAD')))
    .map(({ itemid }) => itemid)
  const pending = config.readMessages ? [...new Set([...begun.pending, ...unread])] : []
  yield { records, rejected, checkpoint: { open, pending } }

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
    else
      rejected.push({
        path: parsed.error.issues[0]?.path.join('.') ?? '',
        error: new KontorError('RECORD_INVALID', {
          message: 'An entry of the to-do list of Rakuten does not have the form we know.',
        }),
        raw: one,
      })
  }
  return { items, rejected }
}

/** Which sales the units belong to: a claim names its unit alone. */
async function findHomes({ client, config, book, clock, log }: ClaimsNeeds, signal: AbortSignal): Promise<void> {
  const { sales } = await listConfirmed(client, parisDay(clock.now(), config.deepWindowDays), log, signal)
  for (const raw of sales) {
    const result = readSale(raw)
    if ('sale' in result) book.remember(toOrder(result.sale, { config }))
  }
}
