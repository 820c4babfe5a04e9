import { Instant, toInstant, toMs, type Clock, type Page, type Reader, type Refund, type Rejection } from '@kontor/core'
import { z } from 'zod'
import type { FinancesClient } from '../client/index.ts'
import { toRefund } from '../mapping/index.ts'
import { TransactionHead, WireTransaction } from '../wire/index.ts'
import { understand } from './understand.ts'

/** `after`: to where transactions were read. Works at any age: pages hold for five minutes only, so a window is read again whole. */
export const RefundsCheckpoint = z.strictObject({ after: Instant })
type RefundsCheckpoint = z.infer<typeof RefundsCheckpoint>

const day = 86_400_000
/** "Data may lag 48 hours" (finances docs, 2026-08), and a day more. */
const overlapMs = 3 * day
/** Far below the 180 days from which on Amazon answers with nothing. A short one is soon read again after a crash. */
const windowMs = 30 * day
/** `postedBefore` must be two minutes in the past. */
const settledMs = 3 * 60_000
const mostPages = 10_000

/** Refunds out of the transactions of the account, whoever gave them: by the time they were posted. */
export function refundsReader(client: FinancesClient, clock: Clock): Reader<'refunds', RefundsCheckpoint> {
  async function* window(
    from: number,
    to: number,
    after: Instant,
    open: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Page<'refunds', RefundsCheckpoint>> {
    let nextToken: string | undefined
    const seen = new Set<string>()
    for (let page = 0; page < mostPages; page++) {
      const answer = await client.transactions(
        { postedAfter: toInstant(from), ...(open ? {} : { postedBefore: toInstant(to) }), nextToken },
        signal,
      )
      const token = answer.nextToken ?? undefined
      const ends = token === undefined || seen.has(token)
      // Empty pages come in between, with a token to the next.
      yield { ...understood(answer.transactions ?? []), checkpoint: { after: ends ? toInstant(to) : after } }
      if (ends) return
      seen.add(token)
      nextToken = token
    }
  }

  return {
    async *read({ since, until, checkpoint, signal }) {
      const end = Math.min(clock.now() - settledMs, until ? toMs(until) : Number.POSITIVE_INFINITY)
      let from = checkpoint ? toMs(checkpoint.after) - overlapMs : toMs(since)
      let after = checkpoint?.after ?? toInstant(from)
      while (from < end) {
        const to = Math.min(end, from + windowMs)
        // The last one has no end of ours: Amazon's own is two minutes ago, whatever our clock says.
        yield* window(from, to, after, to === end && until === undefined, signal)
        after = toInstant(to)
        from = to
      }
    },
  }
}

function understood(rows: readonly unknown[]): { records: Refund[]; rejected: Rejection[] } {
  const records = new Map<string, Refund>()
  const rejected: Rejection[] = []
  for (const raw of rows) {
    const head = TransactionHead.safeParse(raw)
    if (head.success && !/refund/i.test(head.data.transactionType)) continue
    const made = understand(
      WireTransaction,
      'refunds',
      raw,
      head.success ? head.data.transactionId : undefined,
      toRefund,
    )
    if ('rejection' in made) rejected.push(made.rejection)
    else records.set(made.value.id, made.value)
  }
  return { records: [...records.values()], rejected }
}
