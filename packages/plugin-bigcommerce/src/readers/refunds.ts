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
import { WireOrder, WireRefund } from '../wire/index.ts'
import { attempt, understand } from './understand.ts'

export const RefundsCheckpoint = z.strictObject({ created: Instant })
type RefundsCheckpoint = z.infer<typeof RefundsCheckpoint>

const OrderCurrency = WireOrder.pick({ default_currency_code: true, currency_code: true })

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A currency of an order never changes. */
const CURRENCY_KEPT_MS = 30 * 24 * HOUR
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

  /** A refund does not say its currency; its order does. */
  async function currencyOf(orderId: string, signal: AbortSignal): Promise<string> {
    const key = `order-currency:${orderId}`
    const known = await cache.get(key)
    if (typeof known === 'string') return known
    const order = OrderCurrency.safeParse(await client.get(orderId, signal))
    const currency = order.success ? order.data.default_currency_code || order.data.currency_code : undefined
    if (!currency) throw new RangeError(`its order ${orderId} has no currency`)
    await cache.set(key, currency, CURRENCY_KEPT_MS)
    return currency
  }

  async function understood(
    rows: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Intake<'refunds'> & { look: Look[] }> {
    const records: Refund[] = []
    const rejected: Rejection[] = []
    const look: Look[] = []
    for (const raw of rows) {
      const row = understand(WireRefund, 'refunds', raw)
      const made =
        'rejection' in row
          ? row
          : await attempt('refunds', raw, async () => toRefund(row.value, await currencyOf(row.value.order_id, signal)))
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
    const overlap = toMilliseconds(config.overlap)
    const from = checkpoint ? toMs(checkpoint.created) - overlap : toMs(since)
    let newest = checkpoint ? toMs(checkpoint.created) : from
    // Ids ascend and new refunds come at the end, so pages of one beginning stay where they are.
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { data } = await client.refunds(
        { createdFrom: toInstant(from), ...(until ? { createdTo: until } : {}), page },
        signal,
      )
      const understoodRows = await understood(data, signal)
      newest = Math.max(newest, ...understoodRows.records.map(({ refundedAt }) => (refundedAt ? toMs(refundedAt) : 0)))
      if (data.length > 0) yield { ...understoodRows, checkpoint: { created: toInstant(newest) } }
      if (data.length < PAGE) return
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
