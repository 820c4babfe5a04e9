import type { Entity, FileRef, Instant, Json, Order, Return } from '../canonical/index.ts'
import type { KontorError } from '../errors/index.ts'
import type { Credentials } from './credentials.ts'
import type { Begin, Http, HttpFailure } from './http.ts'
import type { Duration, Limits } from './limits.ts'
import type { LoyaltyProvider } from './loyalty.ts'
import type { Intake, Look, Reader } from './reader.ts'
import type { OutputOf, Schema } from './schema.ts'
import type { ServiceOf, ServiceToken } from './services.ts'
import type { Writer } from './writer.ts'

/** Version of this contract. A plugin states the one it was written for. */
export const apiVersion = 1

/** How certain we are that an operation works as built. */
export type Evidence = 'documented' | 'observed' | 'inferred' | 'assumed'

export interface ReaderSpec {
  yields: readonly Entity[]
  checkpoint: Schema
  /** Config keys whose change makes the checkpoint worthless: reading begins at `since` again. */
  dependsOn?: readonly string[]
  /** How often it is worth reading. */
  every?: Duration
  /** The vendor's own word for the permission it needs. */
  permission?: string
  evidence?: Evidence
  /** What reading changes in the system, where it does (marks messages as read, moves files). */
  effects?: string
}

export interface WriterSpec {
  takes: readonly Entity[]
  /** What a delivery in doubt may do: write once more, ask `readBack` first, or wait for a person. */
  again: 'safe' | 'ask' | 'never'
  /** Deliveries given at once. `max` default 50; `linger`: how long to gather. */
  batch?: { max: number; linger?: Duration }
  /** Only once these readers of the connection have caught up. */
  after?: readonly string[]
  /** How long after a call an absence may be believed. Default 2m. */
  settles?: Duration
  /** How long a ticket may stay open before it counts as lost. Default 24h. */
  givesUp?: Duration
  permission?: string
  evidence?: Evidence
}

/** A command for people: what it does, and what it needs to know. */
export interface ActionSpec {
  /** In one sentence, what happens. */
  does: string
  /** Its arguments by name, each with what it means. */
  arguments?: Readonly<Record<string, string>>
  permission?: string
  evidence?: Evidence
}

export interface Problem {
  level: 'error' | 'warning' | 'info'
  /** What is wrong and what to do. */
  message: string
  code?: KontorError['code']
  /** Config key, relative to the connection: `credentials.token`. */
  key?: string
  /** When what is warned of comes true, such as the end of an authorization. Told weekly until then, and daily in the last week. */
  until?: Instant
}
/** What `check` found. `account`: whose data this connection sees, the same for the same account whatever its credentials. */
export interface CheckResult {
  account?: string
  problems: readonly Problem[]
  facts?: Readonly<Record<string, string>>
}

export interface WebhookRequest {
  method: string
  headers: Headers
  query: URLSearchParams
  body: Uint8Array
}
export interface Webhooks {
  /** Verifies and reads; throws AUTH_INVALID for a wrong signature. */ receive(
    request: WebhookRequest,
    signal: AbortSignal,
  ): Promise<Intake>
}

/**
 * A queue in which the system tells what has changed, where it tells so by a queue and not by webhooks. A hint says "read this now" and is never
 * data: reading is complete without any, and a hint may come twice, late, or out of order.
 */
export interface Hints {
  /**
   * Waits for news and yields what is to be read, until the signal; an empty list says that the queue answers and has nothing: told at least
   * every few minutes, since a silent one counts as stalled. It is suspended
   * after each `yield` until that is durably noted: acknowledge there. Throws where the queue cannot be listened to; it is begun anew later.
   */
  listen(signal: AbortSignal): AsyncIterable<readonly Look[]>
}

/** What a plugin can do once it is connected. */
export interface Parts<
  R extends Record<string, ReaderSpec> = Record<string, ReaderSpec>,
  W extends Record<string, WriterSpec> = Record<string, WriterSpec>,
> {
  check(signal: AbortSignal): Promise<CheckResult>
  readers: { readonly [N in keyof R]: Reader<R[N]['yields'][number], OutputOf<R[N]['checkpoint']>> }
  writers: { readonly [N in keyof W]: Writer<W[N]['takes'][number]> }
  /** Sets up what the account needs (webhooks, attributes); at start and daily; idempotent. */
  ensure?(context: { webhookUrl?: string; signal: AbortSignal }): Promise<readonly Problem[]>
  webhooks?: Webhooks
  hints?: Hints
  /** The bytes of a file that one of its records names, as long as the system has it; `undefined` where it has not. */
  open?(file: FileRef, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>
  loyalty?: LoyaltyProvider
  /** Commands for people: labels, messages. Each answers with something to show. */
  actions?: Readonly<
    Record<
      string,
      (input: {
        arguments: Readonly<Record<string, string>>
        order?: Order
        return?: Return
        signal: AbortSignal
      }) => Promise<Json>
    >
  >
  dispose?(): Promise<void>
}

export type Services<
  C extends Schema,
  K extends Schema,
  L extends Limits,
  N extends Record<string, ServiceToken<unknown>>,
> = {
  http: Http<Extract<keyof L, string>>
  config: OutputOf<C>
  credentials: OutputOf<K>
  begin: Begin
} & { readonly [Name in keyof N]: ServiceOf<N[Name]> }

export interface Definition<
  C extends Schema,
  K extends Schema,
  L extends Limits,
  R extends Record<string, ReaderSpec>,
  W extends Record<string, WriterSpec>,
  N extends Record<string, ServiceToken<unknown>>,
> {
  /** kebab-case; also the prefix of its extensions. */
  id: string
  title: string
  apiVersion: number
  /** Abilities of the host it cannot do without; an unknown one refuses to load. */
  features?: readonly string[]
  /** What it connects, in one sentence. */
  description: string
  /** Version of the vendor's interface, and the documents it was built from. */
  upstream?: { version: string; documents: readonly string[] }
  config: C
  credentials?: Credentials<K, C>
  /** `api`: origins our calls and credentials may go to (the first is the base); `files`: origins or `*.domain` documents are fetched from. */
  hosts?: (config: OutputOf<C>) => { api: readonly string[]; files?: readonly string[] }
  /** Sent with every call: user agent, accept, language. */
  headers?: (config: OutputOf<C>) => Readonly<Record<string, string>>
  /** Turns a failed exchange into an error; `undefined`: the usual table by status. */
  errors?: (failure: HttpFailure, config: OutputOf<C>) => KontorError | undefined
  limits?: L
  /** How long the vendor's rules let buyers' data stay after the last thing that happened with a finished record. A connection may say otherwise. */
  retention?: Duration
  /** What they count from for an order: the day it was to be delivered by, however often it is told anew. Absent: the last thing that happened. */
  retentionFrom?: 'delivery'
  readers: R
  writers: W
  /** The commands for people that `create` gives, stated so that they can be told without connecting. */
  actions?: Readonly<Record<string, ActionSpec>>
  needs?: N
  create: (services: Services<C, K, L, N>) => Parts<R, W>
  /** Names a problem of the config before anything is called (carriers that cannot be mapped, duplicate SKUs). */
  lint?: (config: OutputOf<C>) => readonly Problem[]
  /** The stateful imitation of the system, for `kontor simulate` and tests. Its type is the testkit's `Simulator`. */
  simulator?: () => Promise<{ simulator: unknown }>
}

/** A plugin, as the host sees it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place where the parameters of many plugins are forgotten
export type Plugin = Definition<any, any, any, any, any, any>

/** States a plugin. Returns its argument; it exists for the types. */
export const definePlugin = <
  const C extends Schema,
  const K extends Schema,
  const L extends Limits,
  const R extends Record<string, ReaderSpec>,
  const W extends Record<string, WriterSpec>,
  const N extends Record<string, ServiceToken<unknown>> = Record<never, never>,
>(
  definition: Definition<C, K, L, R, W, N>,
): Definition<C, K, L, R, W, N> => definition
