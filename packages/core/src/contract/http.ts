import type { Entity } from '../canonical/index.ts'
import type { Schema } from './schema.ts'
import type { Delivery } from './writer.ts'

/**
 * What a call does to the other side. The verb does not tell: some systems accept an order by GET, and quote by POST.
 * - `none`: a question; repeated freely
 * - `repeatable`: an effect that is the same when sent twice; repeated
 * - `once`: an effect that must not be sent twice; never resent by us
 */
export type Effect = 'none' | 'repeatable' | 'once'

export interface Call<Bucket extends string = string, T = unknown> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the first of the plugin's `api` hosts, or a whole URL on one of them. */
  path: string
  query?: Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>
  headers?: Readonly<Record<string, string>>
  /** At most one of these. */
  json?: unknown
  form?: Readonly<Record<string, string>>
  multipart?: FormData
  body?: { data: string | Uint8Array; type: string }
  /** How to read the answer. Default `json`; `none` discards it. */
  as?: 'json' | 'text' | 'bytes' | 'none'
  /** `text`: numbers in a JSON answer come as the text the vendor wrote, so that no digit of money passes through a float. */
  numbers?: 'number' | 'text'
  /** What the answer must look like; a mismatch is WIRE_MISMATCH with its path. */
  schema?: Schema<T>
  effect: Effect
  /** The deliveries this call is made for. Required with an effect on behalf of deliveries: *begun* is noted for them before the first byte. */
  for?: readonly Pick<Delivery<Entity>, 'key'>[]
  /** Draws from the named buckets, with weights: `{ offers: 1, offerRows: 250 }`. */
  take?: Partial<Readonly<Record<Bucket, number>>>
  /** Statuses beside 2xx that are answers and no failures; `'any'` where the vendor's body alone tells. */
  accept?: readonly number[] | 'any'
  /** What is being done, for messages: `list orders`. */
  doing: string
  /** For one attempt. Default 30s. */
  timeoutMs?: number
  /** Largest answer accepted. Default 50 MB. */
  maxBytes?: number
  /** Send without the credentials of the connection (token endpoints). */
  anonymous?: boolean
  signal?: AbortSignal | undefined
}

export interface Answer<T = unknown> {
  status: number
  headers: Headers
  body: T
}

/** Bytes from one of the plugin's `files` hosts. */
export interface FetchedFile {
  name: string
  mediaType: string
  bytes: Uint8Array
  sha256: string
}

export interface Http<Bucket extends string = string> {
  /** Waits for the buckets, notes *begun* where there is an effect, sends, retries what may be repeated, reads and checks the answer. */
  send<T = unknown>(call: Call<Bucket, T>): Promise<Answer<T>>
  /** Fetches a document without credentials, from the plugin's `files` hosts only. */
  file(
    url: string,
    options?: { maxBytes?: number; signal?: AbortSignal; take?: Partial<Readonly<Record<Bucket, number>>> },
  ): Promise<FetchedFile>
  /** Uploads bytes without credentials to a URL on the plugin's `files` hosts (presigned uploads). */
  upload(
    url: string,
    file: { data: Uint8Array; type: string; headers?: Readonly<Record<string, string>>; signal?: AbortSignal },
  ): Promise<void>
}

/** A failed exchange, as a plugin's `errors` sees it in order to classify it. */
export interface HttpFailure {
  method: string
  path: string
  status: number
  headers: Headers
  /** The body as text, at most 64 kB. Do not put it into a message. */
  text: string
  /** The body parsed, where it is JSON. */
  json: unknown
  doing: string
}

/**
 * For a plugin that does not speak HTTP: durably notes *begun* for these deliveries before their effect.
 * In plan mode it throws PLAN_MODE with what would be done, and nothing happens.
 */
export type Begin = (deliveries: readonly Pick<Delivery<Entity>, 'key'>[], doing: string) => Promise<void>
