import {
  Instant,
  toInstant,
  toMilliseconds,
  toMs,
  type Cache,
  type Clock,
  type Intake,
  type Look,
  type Page,
  type Reader,
  type Refund,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import { PAGE, type OrdersClient } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'
import { toRefund } from '../mapping/index.ts'
import { orderCurrencies } from './order-currencies.ts'
import { WireRefund } from '../wire/index.ts'
import { attempt, understand } from './understand.ts'

/** A reading that was broken off goes on at `resume`: pages of one beginning stay where they are. */
export const RefundsCheckpoint = z.strictObject({
  created: Instant,
  resume: z.strictObject({ from: Instant, page: z.int().positive() }).optional(),
})
type RefundsCheckpoint = z.infer<typeof RefundsCheckpoint>

const RefundOrder = WireRefund.pick({ order_id: true })

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MOST_PAGES = 100_000

/**
 * Refunds on their own endpoint: whether a refund changes its order's date is not documented, and the order's `refunded_amount` is always 0.
 * A refund is looked at again until its payment can no longer be declined.
 */
export function refundsReader(
  client: OrdersClient,
  config: BigCommerceConfig,
  clock: Clock,
  cache: Cache,
): Reader<'refunds', RefundsCheckpoint> {
  const recheckMs = toMilliseconds(config.refunds.recheck)
  const currencies = orderCurrencies(client, cache)

  async function understood(
    rows: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Intake<'refunds'> & { look: Look[] }> {
    const records: Refund[] = []
    const rejected: Rejection[] = []
    const look: Look[] = []
    await currencies.learn(
      rows.flatMap((raw) => RefundOrder.safeParse(raw).data?.order_id ?? []),
      signal,
    )
    for (const raw of rows) {
      const row = understand(WireRefund, 'refunds', raw)
      const made =
        'rejection' in row
          ? row
          : await attempt('refunds', raw, async () =>
              toRefund(row.value, await currencies.of(row.value.order_id, signal)),
            )
      if ('rejection' in made) {
        rejected.push(made.rejection)
        continue
      }
      records.push(made.value)
      const again = 'value' in row ? nextLook(row.value, clock.now(), recheckMs) : undefined
      if (again !== undefined)
        look.push({
          ref: { entity: 'refunds', id: made.value.id },
          at: toInstant(again),
          reason: 'its payment may still be declined',
        })
    }
    return { records, rejected, look }
  }

  async function* read({
    since,
    until,
    checkpoint,
    signal,
  }: Parameters<Reader<'refunds', RefundsCheckpoint>['read']>[0]): AsyncIterable<Page<'refunds', RefundsCheckpoint>> {
    const resume = checkpoint?.resume
    const begins = checkpoint ? toMs(checkpoint.created) - toMilliseconds(config.overlap) : toMs(since)
    const from = resume?.from ?? toInstant(begins)
    let newest = checkpoint ? toMs(checkpoint.created) : toMs(since)
    let broken = resume !== undefined
    // Ids ascend and new refunds come at the end, so pages of one beginning stay where they are.
    for (let page = resume?.page ?? 1; page <= MOST_PAGES; page++) {
      const { data } = await client.refunds({ createdFrom: from, ...(until ? { createdTo: until } : {}), page }, signal)
      const intake = await understood(data, signal)
      newest = Math.max(newest, ...intake.records.map(({ refundedAt }) => (refundedAt ? toMs(refundedAt) : 0)))
      const ends = data.length < PAGE
      if (data.length > 0 || broken) {
        broken = !ends
        yield {
          ...intake,
          checkpoint: { created: toInstant(newest), ...(ends ? {} : { resume: { from, page: page + 1 } }) },
        }
      }
      if (ends) return
    }
  }

  async function* fetch(ids: readonly string[], signal: AbortSignal): AsyncIterable<Intake<'refunds'>> {
    for (let start = 0; start < ids.length; start += PAGE) {
      const { data } = await client.refunds({ ids: ids.slice(start, start + PAGE), page: 1 }, signal)
      yield await understood(data, signal)
    }
  }

  return {
    read,
    fetch: (refs, signal) =>
      fetch(
        refs.filter(({ entity }) => entity === 'refunds').map(({ id }) => id),
        signal,
      ),
  }
}

/**
 * When to look again: soon at first, since a payment is mostly decided within minutes, and once more when the time is over. Never where no
 * payment is left that could be declined.
 */
function nextLook(refund: WireRefund, now: number, recheckMs: number): number | undefined {
  const created = Date.parse(refund.created ?? '')
  const open = (refund.payments ?? []).some((payment) => !payment.is_declined && !payment.offline)
  if (Number.isNaN(created) || !open) return undefined
  const age = now - created
  if (age >= recheckMs) return undefined
  const step = age < HOUR ? 15 * MINUTE : age < 6 * HOUR ? HOUR : 6 * HOUR
  return Math.min(now + step, created + recheckMs)
}
