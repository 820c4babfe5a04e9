import type { Answer, Call, Clock, Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { basicDate } from './basic-date.ts'

type Query = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>

/** A call of one operation, which is also the name of its bucket. Lists in `query` go as one value, parted by commas, as Amazon wants them. */
export interface Operation<T> extends Pick<
  Call<Bucket, T>,
  'schema' | 'doing' | 'signal' | 'json' | 'for' | 'as' | 'accept'
> {
  operation: Bucket
  /** A second bucket the call draws from. */
  also?: Bucket | undefined
  method?: Call['method']
  path: string
  query?: Query
  effect?: Call['effect']
  /** Another access token than the seller's: a grantless one. */
  token?: string
}

/** The one way to the Selling Partner API: its date header, its buckets, and numbers as the text they were. */
export class Requests {
  readonly #http: Http<Bucket>
  readonly #clock: Clock

  constructor(http: Http<Bucket>, clock: Clock) {
    this.#http = http
    this.#clock = clock
  }

  get http(): Http<Bucket> {
    return this.#http
  }

  async send<T>({
    operation,
    method = 'GET',
    query = {},
    effect = 'none',
    also,
    token,
    ...call
  }: Operation<T>): Promise<Answer<T>> {
    return this.#http.send<T>({
      ...call,
      method,
      effect,
      query: commas(query),
      headers: {
        'x-amz-date': basicDate(this.#clock.now()),
        ...(token === undefined ? {} : { 'x-amz-access-token': token }),
      },
      ...(token === undefined ? {} : { anonymous: true }),
      numbers: 'text',
      take: { [operation]: 1, ...(also ? { [also]: 1 } : {}) },
    })
  }
}

const commas = (query: Query): Record<string, string | number | boolean | undefined> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'object' ? value.join(',') : value]),
  )
