import type { Entity, FileRef, Instant, Json, RecordOf } from '../canonical/index.ts'
import type {
  CheckResult,
  Delivery,
  Hints,
  HoldsRequest,
  Intake,
  LoyaltyProvider,
  Outcome,
  OutputOf,
  Page,
  Parts,
  Problem,
  ReaderSpec,
  Ref,
  Webhooks,
  WriterSpec,
} from '../contract/index.ts'
import type { Redactor } from '../http/index.ts'

/** When to begin, for people: an instant, or a Date. */
export type Since = Instant | Date | string

/** A reader of a connected plugin. */
export interface ConnectedReader<E extends Entity = Entity, C = unknown> {
  /** Pages from `since` (default: everything the system still tells) or from a checkpoint on. Leave the loop whenever you have enough. */
  read(request?: {
    since?: Since
    until?: Since
    checkpoint?: C | undefined
    signal?: AbortSignal
  }): AsyncIterable<Page<E, C>>
  /** The same records by id, where the system can be asked for one; what is left out has vanished. */
  fetch?(refs: readonly Ref[], signal?: AbortSignal): AsyncIterable<Intake<E>>
}

/** A writer of a connected plugin. */
export interface ConnectedWriter<E extends Entity = Entity> {
  write(batch: readonly Delivery<E>[], signal?: AbortSignal): AsyncIterable<Outcome>
  readBack?(batch: readonly Delivery<E>[], signal?: AbortSignal): AsyncIterable<Outcome>
  /** Everything the system holds now of the states it takes, page by page. */
  holds?(
    request: Omit<HoldsRequest<E>, 'signal' | 'markets'> & { markets?: readonly string[]; signal?: AbortSignal },
  ): AsyncIterable<readonly RecordOf<E>[]>
}

export interface ActionInput {
  arguments?: Readonly<Record<string, string>>
  signal?: AbortSignal
}
type PluginAction = NonNullable<Parts['actions']>[string]
type ActionContext = Omit<Parameters<PluginAction>[0], 'arguments' | 'signal'>
export type Action = (input?: ActionInput & ActionContext) => Promise<Json>

/** One account of one plugin, ready for use. */
export interface Connection<
  D,
  R extends Record<string, ReaderSpec> = Record<string, ReaderSpec>,
  W extends Record<string, WriterSpec> = Record<string, WriterSpec>,
> extends AsyncDisposable {
  readonly plugin: D
  readonly readers: { readonly [N in keyof R]: ConnectedReader<R[N]['yields'][number], OutputOf<R[N]['checkpoint']>> }
  readonly writers: { readonly [N in keyof W]: ConnectedWriter<W[N]['takes'][number]> }
  /** What is wrong, and which account this is. Failures come as problems; only an abort throws. */
  check(signal?: AbortSignal): Promise<CheckResult>
  /** Sets up what the account needs. Absent, as those below, where the plugin has none. */
  ensure?(context?: { webhookUrl?: string; signal?: AbortSignal }): Promise<readonly Problem[]>
  readonly webhooks?: Webhooks
  readonly hints?: Hints
  /** The bytes of a file that one of its records names. */
  open?(file: FileRef, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>
  readonly loyalty?: LoyaltyProvider
  readonly actions: Readonly<Record<string, Action>>
  /** Masks the secrets of this connection in whatever is to be shown or stored. */
  readonly redactor: Redactor
}
