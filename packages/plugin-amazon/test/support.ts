import { connect } from '@kontor/core/host'
import type { Delivery, Entity, Intake, Order, Outcome, RecordOf, Ref } from '@kontor/core'
import { createClock } from '@kontor/testkit/simulator'
import { amazon } from '../src/index.ts'

export interface Asked {
  method: string
  path: string
  query: Readonly<Record<string, string>>
  headers: Headers
  body: string
}
type Reply = {
  status?: number
  json?: unknown
  text?: string
  bytes?: Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
}

/** A few answers of Amazon by hand, for cases a whole imitation would only hide. What no answer is given for is 404. */
export function answers(reply: (asked: Asked) => Reply | undefined): { fetch: typeof fetch; asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const one: Asked = {
        method: init?.method ?? 'GET',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: new Headers(init?.headers),
        body:
          init?.body instanceof Uint8Array
            ? new TextDecoder().decode(init.body)
            : typeof init?.body === 'string'
              ? init.body
              : '',
      }
      asked.push(one)
      const answer =
        reply(one) ??
        (one.path === '/auth/o2/token'
          ? { json: { access_token: `Atza|example-${asked.length}`, token_type: 'bearer', expires_in: 3600 } }
          : { status: 404, json: { errors: [{ code: 'NotFound', message: 'nothing here' }] } })
      const body = answer.bytes ?? answer.text ?? (answer.json === undefined ? null : JSON.stringify(answer.json))
      return new Response(body, {
        status: answer.status ?? 200,
        headers: { ...(answer.json === undefined ? {} : { 'content-type': 'application/json' }), ...answer.headers },
      })
    },
  }
}

export const STARTS = '2026-06-01T12:00:00Z'

let accounts = 0
/** The plugin, connected to answers by hand. Time stands still until it is moved. */
export async function open(reply: Parameters<typeof answers>[0], config: object = {}) {
  const clock = createClock({ startsAt: STARTS, rate: 'manual' })
  const { fetch, asked } = answers(reply)
  const connection = await connect(amazon, {
    config: { region: 'eu', sellerId: 'A1EXAMPLE00000', ...config },
    credentials: {
      clientId: 'amzn1.application-oa2-client.example0000',
      clientSecret: 'amzn1.oa2-cs.v1.example0000',
      // Buckets go by credentials: each test has its own.
      refreshToken: `Atzr|example-token-${(accounts += 1)}`,
    },
    clock,
    fetch,
    random: () => 0.5,
  })
  return { connection, asked, clock, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() }
}

export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

let made = 0
/** A wish with a key of its own. */
export function delivery<E extends Entity>(
  record: RecordOf<E>,
  given: { order?: Order; sent?: NonNullable<Delivery<E>['sent']> } = {},
): Delivery<E> {
  made += 1
  return { key: made.toString(16).padStart(32, '0'), name: `test/${record.id}`, record, ...given }
}

export const outcomeOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) =>
    outcome.is === 'refused' || outcome.is === 'waiting' ? `${outcome.is} ${outcome.error.code}` : outcome.is,
  )

/** By id; a reader that cannot is a mistake of the test. */
export function fetched<E extends Entity>(
  reader: { fetch?(refs: readonly Ref[], signal: AbortSignal): AsyncIterable<Intake<E>> },
  refs: readonly Ref[],
): AsyncIterable<Intake<E>> {
  if (reader.fetch === undefined) throw new TypeError('this reader does not fetch')
  return reader.fetch(refs, AbortSignal.timeout(60_000))
}

/** What became of them; a writer that cannot tell is a mistake of the test. */
export function readBack<E extends Entity>(
  writer: { readBack?(batch: readonly Delivery<E>[], signal: AbortSignal): AsyncIterable<Outcome> },
  batch: readonly Delivery<E>[],
): Promise<Outcome[]> {
  if (writer.readBack === undefined) throw new TypeError('this writer does not read back')
  return all(writer.readBack(batch, AbortSignal.timeout(60_000)))
}
