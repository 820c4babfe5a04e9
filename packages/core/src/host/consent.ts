import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock, Plugin } from '../contract/index.ts'
import { KontorError, toKontorError } from '../errors/index.ts'
import { createHttp, createMemoryBuckets, secretsIn, type Redactor } from '../http/index.ts'
import { noJournal } from './journals.ts'
import { validated } from './validated.ts'

export interface ConsentRequest {
  plugin: Plugin
  /** Name of the connection, for messages. */
  name: string
  /** As the plugin's schema gives it out. */
  config: unknown
  /** Credentials that consent does not bring. */
  known: Readonly<Record<string, unknown>>
  /** Registered with the system. */
  redirect: string
  clock: Clock
  redactor: Redactor
  fetch?: typeof fetch
}

export interface Consent {
  /** Where a person gives consent. */
  readonly url: string
  /**
   * Takes the address that the browser was led back to, and answers the whole credentials. Once: its code is worth nothing a second time.
   * @throws AUTH_INVALID for the answer to another request, and what the plugin throws
   */
  complete(address: string, signal: AbortSignal): Promise<unknown>
}

/** A request for consent to the web form of a system, with a state that only its own answer has. */
export function requestConsent({ plugin, name, config, known, redirect, ...host }: ConsentRequest): Consent {
  const spec = plugin.credentials
  if (spec?.kind !== 'oauth' || !spec.consent)
    throw new KontorError('CONFIG_INVALID', {
      message: `Plugin ${plugin.id} has no web form of consent; its credentials are entered.`,
    })
  const { consent } = spec
  const { clock, redactor } = host
  const state = randomBytes(24).toString('base64url')
  return {
    url: consent.url({ config, state, redirect }),
    async complete(address, signal) {
      const query = URL.parse(address.trim())?.searchParams
      if (!query || !isSame(query.get('state') ?? '', state))
        throw new KontorError('AUTH_INVALID', {
          message: `[${name}] This is not the address that the answer to this request for consent leads to (its state differs). Nothing was stored; begin anew.`,
          key: 'credentials',
        })
      redactor.add(...secretsIn(known))
      try {
        const http = createHttp({
          plugin: name,
          hosts: plugin.hosts?.(config) ?? { api: [] },
          headers: plugin.headers?.(config) ?? {},
          fetch: host.fetch ?? fetch,
          clock,
          buckets: createMemoryBuckets(),
          journal: noJournal,
          redactor,
          bucketKey: (limit) => limit,
          renews: true,
        })
        const raw: unknown = await consent.exchange({ query, config, known, http, redirect, signal })
        redactor.add(...secretsIn(raw))
        validated(spec.schema, raw, 'credentials', name, true)
        return raw
      } catch (thrown) {
        throw redactor.error(toKontorError(thrown, `Consent for ${name}`))
      }
    },
  }
}

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
