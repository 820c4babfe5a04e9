import type { Call, Http, Schema } from '@kontor/core'
import type { Bucket } from '../limits.ts'

type Wanted<T> = Pick<Call<Bucket, T>, 'query' | 'doing' | 'signal'> & { schema: Schema<T> }
type Written<T> = Wanted<T> & Pick<Call<Bucket, T>, 'json' | 'effect' | 'for' | 'accept' | 'method'> & { take?: Bucket }

/** Calls of one store: its path, its buckets, and numbers as the text they were. */
export class StoreRequests {
  readonly #http: Http<Bucket>
  readonly #root: string

  constructor(http: Http<Bucket>, storeHash: string) {
    this.#http = http
    this.#root = `/stores/${storeHash}`
  }

  async get<T>(path: string, { query, schema, doing, signal }: Wanted<T>): Promise<T> {
    const call = { method: 'GET', path: this.#root + path, numbers: 'text', effect: 'none', take: { api: 1 } } as const
    const answer = await this.#http.send<T>({ ...call, schema, doing, signal, ...(query ? { query } : {}) })
    return answer.body
  }

  async write<T>(path: string, written: Written<T>): Promise<{ status: number; body: T }> {
    const { take, ...call } = written
    const { status, body } = await this.#http.send<T>({
      ...call,
      path: this.#root + path,
      numbers: 'text',
      take: { api: 1, ...(take ? { [take]: 1 } : {}) },
    })
    return { status, body }
  }
}
