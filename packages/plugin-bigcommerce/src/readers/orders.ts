import {
  isKontorError,
  Instant,
  toInstant,
  toMilliseconds,
  toMs,
  type Intake,
  type Order,
  type Page,
  type Reader,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import { PAGE, type OrdersClient } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'
import { OrderHead } from '../wire/index.ts'
import { assembleOrder } from './assemble-order.ts'

/**
 * Where the next reading begins, less the overlap: works at any age, since orders are asked for by the time they changed. A reading that was
 * broken off goes on at `resume`, without the overlap, and knows what it has read of that second: so it gets on however small the quota.
 */
export const OrdersCheckpoint = z.strictObject({
  modified: Instant,
  resume: z.strictObject({ from: Instant, seen: z.array(z.string()).max(10_000) }).optional(),
})
type OrdersCheckpoint = z.infer<typeof OrdersCheckpoint>

/** Orders that are stored together: each may need three calls of its own, and all of them count against the quota of the store. */
const STORED_TOGETHER = 10
const SECOND = 1000
/** More pages than any store has; a guard against a list that never ends. */
const MOST_PAGES = 100_000

/**
 * Orders by the time they changed. Rows move towards the end while pages are read, so after each page the list is asked anew from the last
 * row's second on, and pages are counted only inside one second.
 */
export function ordersReader(client: OrdersClient, config: BigCommerceConfig): Reader<'orders', OrdersCheckpoint> {
  const channel = config.channels?.length === 1 ? config.channels[0] : undefined
  const wanted = config.channels === undefined ? undefined : new Set(config.channels.map(String))

  async function* read({
    since,
    until,
    checkpoint,
    signal,
  }: Parameters<Reader<'orders', OrdersCheckpoint>['read']>[0]): AsyncIterable<Page<'orders', OrdersCheckpoint>> {
    const overlap = toMilliseconds(config.overlap)
    const resume = checkpoint?.resume
    let from = resume ? toMs(resume.from) : checkpoint ? toMs(checkpoint.modified) - overlap : toMs(since)
    let newest = checkpoint ? toMs(checkpoint.modified) : toMs(since)
    let page = 1
    let broken = resume !== undefined
    const seen = new Map((resume?.seen ?? []).map((key) => [key, from]))
    for (let asked = 0; asked < MOST_PAGES; asked++) {
      const rows = await client.list({ modifiedFrom: toInstant(from), modifiedTo: until, channel, page }, signal)
      const heads = rows.map((raw) => ({ raw, head: headOf(raw) }))
      const times = heads.flatMap(({ head }) => head?.modified ?? [])
      const ordered = times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))
      const ends = rows.length < PAGE
      // An unknown filter is ignored by v2 rather than refused: what the filter asked for is checked again.
      const fresh = heads.filter(({ head, raw }) => isFresh(head, seen, from) && inChannel(raw, wanted))
      for (let start = 0; start < fresh.length; start += STORED_TOGETHER) {
        const some = fresh.slice(start, start + STORED_TOGETHER)
        const intake = await understood(some, client, signal)
        for (const { head } of some) if (head !== undefined) seen.set(head.key, head.modified)
        broken = !(ends && start + STORED_TOGETHER >= fresh.length)
        // Only an ordered list says that nothing older is still to come.
        if (ordered || !broken) newest = Math.max(newest, ...some.flatMap(({ head }) => head?.modified ?? []))
        yield {
          ...intake,
          checkpoint: {
            modified: toInstant(newest),
            ...(broken ? { resume: resumeAt(ordered ? newest - SECOND : from, seen) } : {}),
          },
        }
      }
      if (ends) break
      const last = times.at(-1) ?? from
      if (ordered && last - SECOND > from) {
        from = last - SECOND
        page = 1
      } else page += 1
    }
    // The last page held nothing new: the reading is over all the same, and the next one begins with the overlap.
    if (broken) yield { records: [], checkpoint: { modified: toInstant(newest) } }
  }

  async function* fetch(refs: readonly { id: string }[], signal: AbortSignal): AsyncIterable<Intake<'orders'>> {
    for (const { id } of refs) {
      const raw = await orUndefined(client.get(id, signal))
      if (raw !== undefined) yield await understood([{ raw, head: headOf(raw) }], client, signal)
    }
  }

  return {
    read,
    fetch: (refs, signal) =>
      fetch(
        refs.filter(({ entity }) => entity === 'orders'),
        signal,
      ),
  }
}

function resumeAt(from: number, seen: Map<string, number>): NonNullable<OrdersCheckpoint['resume']> {
  // What lies before is not asked for again.
  for (const [key, modified] of seen) if (modified < from) seen.delete(key)
  return { from: toInstant(from), seen: [...seen.keys()] }
}

interface Head {
  key: string
  modified: number
}

function headOf(raw: unknown): Head | undefined {
  const head = OrderHead.safeParse(raw)
  const modified = head.success ? Date.parse(head.data.date_modified) : Number.NaN
  return head.success && !Number.isNaN(modified) ? { key: `${head.data.id}@${modified}`, modified } : undefined
}

const isFresh = (head: Head | undefined, seen: ReadonlyMap<string, number>, from: number): boolean =>
  head === undefined || (!seen.has(head.key) && head.modified >= from - SECOND)

function inChannel(raw: unknown, wanted: ReadonlySet<string> | undefined): boolean {
  if (wanted === undefined) return true
  const row = z.object({ channel_id: z.union([z.string(), z.number()]) }).safeParse(raw)
  return !row.success || wanted.has(String(row.data.channel_id))
}

async function understood(
  rows: readonly { raw: unknown; head: Head | undefined }[],
  client: OrdersClient,
  signal: AbortSignal,
): Promise<{ records: Order[]; rejected: Rejection[] }> {
  const records: Order[] = []
  const rejected: Rejection[] = []
  for (const { raw } of rows) {
    const made = await assembleOrder(raw, client, signal)
    if ('value' in made) records.push(made.value)
    else rejected.push(made.rejection)
  }
  return { records, rejected }
}

/** What has been deleted answers 404: it is left out. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (isKontorError(thrown) && thrown.code === 'NOT_FOUND') return undefined
    throw thrown
  }
}
