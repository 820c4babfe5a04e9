import type { Call, Delivery, Http, Schema } from '@kontor/core'
import { isKontorError } from '@kontor/core'
import { z } from 'zod'
import type { LeatConfig } from '../config.ts'
import type { Bucket } from '../limits.ts'
import { NO_CONTACT } from '../tables/leat-errors.ts'
import {
  LeatAttributes,
  LeatBalance,
  LeatContact,
  LeatFoundOrder,
  LeatProcessedOrder,
  LeatQuote,
  LeatReception,
  LeatRewards,
  LeatShops,
  LeatTransactions,
  type LeatTransaction,
  type NewLeatOrder,
  type NewReception,
} from '../wire/index.ts'

type Of = Pick<Delivery, 'key'>
type Query = NonNullable<Call['query']>
type Contact = z.infer<typeof LeatContact>['data']
export type Reception = z.infer<typeof LeatReception>['data']

const LIST = 100
/** More pages than an account can have at one time of asking; a guard against a list that never ends. */
const MOST_PAGES = 5000

/** Leat's OAuth clients API, one method an endpoint. A contact is a member, a credit reception a booking of points. */
export class LeatClient {
  readonly #http: Http<Bucket>
  readonly #root: string

  constructor(http: Http<Bucket>, config: LeatConfig) {
    this.#http = http
    this.#root = new URL(config.baseUrl).pathname.replace(/\/+$/, '')
  }

  async contactByEmail(email: string, signal: AbortSignal): Promise<Contact | undefined> {
    return (await orUndefined(this.#get('/contacts/find-one-by', { email }, LeatContact, 'look for a contact', signal)))
      ?.data
  }

  async contact(id: string, signal: AbortSignal): Promise<Contact | undefined> {
    return (
      await orUndefined(this.#get(`/contacts/${encodeURIComponent(id)}`, {}, LeatContact, 'read a contact', signal))
    )?.data
  }

  /** A GET that creates: asked twice it finds what the first made. */
  async findOrCreateContact(email: string, delivery: Of, signal: AbortSignal): Promise<Contact> {
    const call = {
      method: 'GET',
      path: `${this.#root}/contacts/find-or-create`,
      query: { email },
      schema: LeatContact,
      effect: 'repeatable',
      for: [delivery],
    } as const
    return (await this.#send({ ...call, doing: 'find or create a contact', signal })).data
  }

  async balance(contact: string, signal: AbortSignal): Promise<string> {
    return (
      await this.#get(
        `/contacts/${encodeURIComponent(contact)}/credit-balance`,
        {},
        LeatBalance,
        'ask for a balance',
        signal,
      )
    ).data.balance
  }

  async quote(
    query: { shop_uuid: string; unit_value: string; contact_uuid: string; unit_name: string },
    signal: AbortSignal,
  ): Promise<string> {
    return (await this.#get('/credit-receptions/calculate', query, LeatQuote, 'ask what a purchase earns', signal)).data
      .credits
  }

  /** No idempotency key exists: whoever repeats this books twice. */
  async createReception(reception: NewReception, delivery: Of, signal: AbortSignal): Promise<Reception> {
    return (await this.#post('/credit-receptions', reception, LeatReception, 'book points', delivery, signal)).data
  }

  async redeemReward(
    reward: { contact_uuid: string; shop_uuid: string; reward_uuid: string },
    delivery: Of,
    signal: AbortSignal,
  ): Promise<Reception> {
    return (await this.#post('/reward-receptions', reward, LeatReception, 'redeem a reward', delivery, signal)).data
  }

  async reverseRedemption(id: string, delivery: Of, signal: AbortSignal): Promise<Reception> {
    return (
      await this.#post(
        `/reward-receptions/${encodeURIComponent(id)}/reverse`,
        {},
        LeatReception,
        'give back a reward',
        delivery,
        signal,
      )
    ).data
  }

  async processOrder(
    order: NewLeatOrder,
    delivery: Of,
    signal: AbortSignal,
  ): Promise<z.infer<typeof LeatProcessedOrder>['data']> {
    return (
      await this.#post('/orders/create-and-process', order, LeatProcessedOrder, 'book an order', delivery, signal)
    ).data
  }

  async findOrder(externalId: string, signal: AbortSignal): Promise<{ uuid: string } | undefined> {
    return (
      await orUndefined(
        this.#get('/orders/find', { external_identifier: externalId }, LeatFoundOrder, 'look for an order', signal),
      )
    )?.data
  }

  /** Newest first, until `since` or the end. */
  async *transactions(
    query: { contact?: string; type?: string; since?: string },
    signal: AbortSignal,
  ): AsyncIterable<LeatTransaction> {
    for (let page = 1; page <= MOST_PAGES; page++) {
      const asked = {
        contact_uuid: query.contact,
        type: query.type,
        sort: '-created_at',
        'created_at[gte]': query.since,
        page,
        limit: LIST,
      }
      const { data, meta } = await this.#get('/loyalty-transactions', asked, LeatTransactions, 'list bookings', signal)
      yield* data
      if (data.length === 0 || page >= (meta?.last_page ?? page)) return
    }
  }

  async rewards(contact: string, shop: string, signal: AbortSignal): Promise<z.infer<typeof LeatRewards>['data']> {
    return (
      await this.#get('/rewards', { contact_uuid: contact, shop_uuid: shop }, LeatRewards, 'list rewards', signal)
    ).data
  }

  async shops(signal: AbortSignal): Promise<z.infer<typeof LeatShops>['data']> {
    return (await this.#get('/shops', {}, LeatShops, 'list shops', signal)).data
  }

  async attributes(signal: AbortSignal): Promise<string[]> {
    return (
      await this.#get('/loyalty-transaction-attributes', {}, LeatAttributes, 'list the attributes of bookings', signal)
    ).data.map(({ name }) => name)
  }

  async createAttribute(name: string, signal: AbortSignal): Promise<void> {
    const json = { name, data_type: 'text', label: name }
    await this.#send({
      method: 'POST',
      path: `${this.#root}/loyalty-transaction-attributes`,
      json,
      schema: z.unknown(),
      effect: 'repeatable',
      doing: 'create an attribute of bookings',
      signal,
    })
  }

  #get<T>(path: string, query: Query, schema: Schema<T>, doing: string, signal: AbortSignal): Promise<T> {
    return this.#send({ method: 'GET', path: this.#root + path, query, schema, effect: 'none', doing, signal })
  }

  #post<T>(
    path: string,
    json: unknown,
    schema: Schema<T>,
    doing: string,
    delivery: Of,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#send({
      method: 'POST',
      path: this.#root + path,
      json,
      schema,
      effect: 'once',
      for: [delivery],
      doing,
      signal,
    })
  }

  async #send<T>(call: Call<Bucket, T>): Promise<T> {
    return (await this.#http.send<T>({ ...call, numbers: 'text', take: { api: 1 } })).body
  }
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (isKontorError(thrown) && (thrown.code === 'NOT_FOUND' || thrown.vendorCode === NO_CONTACT)) return undefined
    throw thrown
  }
}
