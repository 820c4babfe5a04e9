import { isKontorError, type Cache, type Log, type Order } from '@kontor/core'
import type { Part } from '../client/index.ts'
import { roles } from '../tables/index.ts'

/** Restricted roles decide over these; without them Amazon leaves the fields out, or refuses the whole call (models#5319). */
const restricted: ReadonlySet<Part> = new Set(['BUYER', 'RECIPIENT', 'TAX', 'PAYMENT'])
const parts: readonly Part[] = [
  'BUYER',
  'RECIPIENT',
  'PROCEEDS',
  'EXPENSE',
  'PROMOTION',
  'CANCELLATION',
  'FULFILLMENT',
  'PACKAGES',
  'TAX',
  'PAYMENT',
]
const unrestricted = parts.filter((part) => !restricted.has(part))

export type Personal = 'present' | 'absent' | 'refused'
const cacheKey = 'personal-data'
/** A role may be added at any time: after a day it is asked for again. */
const rememberedMs = 86_400_000

/** What may be asked for with an order, and what came of it: `check` says it without a call of its own. */
export class PersonalData {
  readonly #cache: Cache
  readonly #log: Log
  #refused = false
  #noted: Personal | undefined

  constructor(cache: Cache, log: Log) {
    this.#cache = cache
    this.#log = log
  }

  /** Asks with all parts, and once more without the restricted ones where the call is refused for them. */
  async ask<T>(call: (includedData: readonly Part[]) => Promise<T>): Promise<T> {
    this.#refused ||= (await this.state()) === 'refused'
    if (this.#refused) return call(unrestricted)
    try {
      return await call(parts)
    } catch (thrown) {
      if (!isKontorError(thrown) || thrown.code !== 'AUTH_PERMISSION_MISSING' || thrown.key !== 'credentials')
        throw thrown
      const answer = await call(unrestricted)
      this.#refused = true
      this.#log.warn(
        `Amazon refuses buyers and addresses: the app lacks the role "${roles.recipient}". Orders are read without them; add the role, then authorize the app again.`,
      )
      await this.#note('refused')
      return answer
    }
  }

  /** Looks whether orders that are to be shipped came with their addresses. */
  async look(orders: readonly Order[]): Promise<void> {
    const telling = orders.filter(
      (order) =>
        order.fulfilledBy === 'merchant' &&
        order.fulfilment?.value === 'unfulfilled' &&
        order.payment?.value === 'paid',
    )
    if (telling.length === 0 || this.#refused) return
    await this.#note(telling.some((order) => order.shipTo?.address?.line1) ? 'present' : 'absent')
  }

  async state(): Promise<Personal | undefined> {
    const kept = await this.#cache.get(cacheKey)
    return kept === 'present' || kept === 'absent' || kept === 'refused' ? kept : undefined
  }

  async #note(state: Personal): Promise<void> {
    if (this.#noted === state) return
    this.#noted = state
    await this.#cache.set(cacheKey, state, rememberedMs)
  }
}
