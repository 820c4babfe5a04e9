import { createHmac } from 'node:crypto'
import { isKontorError, type Delivery, type Http, type Schema } from '@kontor/core'
import type { z } from 'zod'
import type { LoyaltyCredentials, WebhookLedgerConfig } from '../config.ts'
import type { Bucket } from '../limits.ts'
import {
  LedgerBooking,
  LedgerBookings,
  LedgerMember,
  LedgerQuote,
  LedgerRewards,
  type NewBooking,
} from '../wire/index.ts'

/** A ledger of your own behind five calls. It honours `key`: what it has booked it answers again, and books nothing. */
export class LedgerClient {
  readonly #http: Http<Bucket>
  readonly #root: string
  readonly #secret: string | undefined

  constructor(http: Http<Bucket>, config: WebhookLedgerConfig, { signingSecret }: LoyaltyCredentials) {
    this.#http = http
    this.#root = new URL(config.url).pathname.replace(/\/+$/, '')
    this.#secret = signingSecret
  }

  async book(
    booking: NewBooking,
    delivery: Pick<Delivery, 'key'>,
    signal: AbortSignal,
  ): Promise<{ isNew: boolean; booking: LedgerBooking }> {
    const data = JSON.stringify(booking)
    const signature =
      this.#secret === undefined ? undefined : createHmac('sha256', this.#secret).update(data).digest('hex')
    const { status, body } = await this.#http.send({
      method: 'POST',
      path: `${this.#root}/bookings`,
      body: { data, type: 'application/json' },
      ...(signature === undefined ? {} : { headers: { 'X-Kontor-Signature': `v1=${signature}` } }),
      schema: LedgerBooking,
      effect: 'repeatable',
      for: [delivery],
      take: { api: 1 },
      numbers: 'text',
      doing: 'book points',
      signal,
    })
    return { isNew: status === 201, booking: body }
  }

  booking(key: string, signal: AbortSignal): Promise<LedgerBooking | undefined> {
    return this.#find('/bookings', { key }, LedgerBookings, 'look for a booking', signal).then((found) =>
      found?.bookings.find((each) => each.key === key),
    )
  }

  /** Of one order, or of all. */
  async bookingsOf(orderKey: string | undefined, signal: AbortSignal): Promise<LedgerBooking[]> {
    const query = orderKey === undefined ? {} : { order: orderKey }
    return (await this.#find('/bookings', query, LedgerBookings, 'list bookings', signal))?.bookings ?? []
  }

  member(
    query: { id?: string; email?: string },
    signal: AbortSignal,
  ): Promise<z.infer<typeof LedgerMember> | undefined> {
    return this.#find('/members', query, LedgerMember, 'look for a member', signal)
  }

  quote(
    query: { member: string; amount: string; currency: string },
    signal: AbortSignal,
  ): Promise<z.infer<typeof LedgerQuote> | undefined> {
    return this.#find('/quote', query, LedgerQuote, 'ask what a purchase earns', signal)
  }

  rewards(member: string, signal: AbortSignal): Promise<z.infer<typeof LedgerRewards> | undefined> {
    return this.#find('/rewards', { member }, LedgerRewards, 'list rewards', signal)
  }

  async #find<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: Schema<T>,
    doing: string,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    try {
      const call = {
        method: 'GET',
        path: this.#root + path,
        query,
        effect: 'none',
        take: { api: 1 },
        numbers: 'text',
        doing,
        signal,
      } as const
      return (await this.#http.send<T>({ ...call, schema })).body
    } catch (thrown) {
      if (isKontorError(thrown) && thrown.code === 'NOT_FOUND') return undefined
      throw thrown
    }
  }
}
