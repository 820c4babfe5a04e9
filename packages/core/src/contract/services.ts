import type { FileRef, Json } from '../canonical/index.ts'

/**
 * A name for a service that says its type. Over `Symbol.for`, so that two installed copies of core mean the same service.
 */
export interface ServiceToken<T> {
  readonly symbol: symbol
  readonly name: string
  /** Never there; it makes a token of any service a `ServiceToken<unknown>`. */
  readonly types?: () => T
}
export const serviceToken = <T>(name: `${string}@${number}`): ServiceToken<T> => ({
  symbol: Symbol.for(`kontor/${name}`),
  name,
})
export type ServiceOf<T> = T extends ServiceToken<infer S> ? S : never

/** Time, so that tests need no waiting. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
export const Clock: ServiceToken<Clock> = serviceToken('clock@1')

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>
/** For operators. Fields are ids, counts and words; secrets are masked, buyers' data does not belong here. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
export const Log: ServiceToken<Log> = serviceToken('log@1')

/** Facts that may be lost at any time, kept per connection: a SKU's listing id, shipping types. */
export interface Cache {
  get(key: string): Promise<Json | undefined>
  set(key: string, value: Json, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
}
export const Cache: ServiceToken<Cache> = serviceToken('cache@1')

/** `plan`: nothing may be changed anywhere; a reader that moves or acknowledges things must leave them. */
export type Mode = 'live' | 'plan'
export const Mode: ServiceToken<Mode> = serviceToken('mode@1')

/** Files a connection works on: relative paths of its config are resolved against the folder of the configuration file. */
export interface Paths {
  resolve(path: string): string
}
export const Paths: ServiceToken<Paths> = serviceToken('paths@1')

/** Opens files that records name. The bytes stay where they were read; whoever read the record is asked for them, and what comes is checked by its digest. */
export interface Files {
  /** @throws NOT_FOUND where nobody has the file any more, or has another one under its name */
  open(file: FileRef, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
}
export const Files: ServiceToken<Files> = serviceToken('files@1')
