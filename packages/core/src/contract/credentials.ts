import type { Duration } from './limits.ts'
import type { Http, HttpFailure } from './http.ts'
import type { InputOf, OutputOf, Schema } from './schema.ts'

/** How a person gets the credentials, in Markdown, by language. */
export interface Guide {
  en: string
  de: string
}

/** What a request carries to say who we are; for `api` hosts alone, redacted everywhere. */
export interface Authorization {
  headers?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
}

/** A clock of the credentials that runs out, so that people are warned in time. */
export interface Expiry {
  /** Named so that "The … runs out" reads well. */
  what: string
  /** Keys of the credentials that run out together. It begins anew when one of them changes. */
  of: readonly string[]
  after: Duration
  /** A key of the config where a person may state the day it began; without it, it counts from the first use of these values. */
  stated?: string
  warnFrom: Duration
  /** What no longer works then, as the end of a sentence. */
  stops: string
  /** What to do, in whole sentences. */
  remedy: string
}

interface Common<S extends Schema, C extends Schema> {
  schema: S
  guide: Guide
  expires?: readonly Expiry[]
  /** Values (beside the credentials themselves) that must be masked in every log and error. */
  secrets?: (credentials: OutputOf<S>, config: OutputOf<C>) => readonly string[]
}

export interface TokenCredentials<S extends Schema = Schema, C extends Schema = Schema> extends Common<S, C> {
  kind: 'token'
  authorize: (credentials: OutputOf<S>, config: OutputOf<C>) => Authorization
}

/** Access tokens of limited life, renewed by the host: one at a time, stored before use. */
export interface OAuthCredentials<S extends Schema = Schema, C extends Schema = Schema> extends Common<S, C> {
  kind: 'oauth'
  /** True where renewing replaces the stored credentials: then they need a place that can be written. */
  rotates: boolean
  renew: (input: {
    credentials: OutputOf<S>
    config: OutputOf<C>
    http: Http
    signal: AbortSignal
  }) => Promise<{ access: string; expiresInMs: number; replace?: InputOf<S> }>
  authorize: (access: string, credentials: OutputOf<S>, config: OutputOf<C>) => Authorization
  /** Whether this failure says that the access token has run out, where the system says so with another status than 401. */
  lapsed?: (failure: HttpFailure) => boolean
  /** The web form of consent, where there is one. */
  consent?: {
    /** Keys of the credentials that consent brings; the others must be known before. */
    brings: readonly string[]
    /** Where consent is given. `redirect`: where its answer leads to; registered with the system. */
    url: (input: { config: OutputOf<C>; state: string; redirect: string }) => string
    /** Exchanges the answer, whose state was checked, for credentials. `known`: those it does not bring. */
    exchange: (input: {
      query: URLSearchParams
      config: OutputOf<C>
      known: Readonly<Record<string, unknown>>
      http: Http
      redirect: string
      signal: AbortSignal
    }) => Promise<InputOf<S>>
  }
}

/** Credentials that come as a text file the system hands out. */
export interface FileCredentials<S extends Schema = Schema, C extends Schema = Schema> extends Common<S, C> {
  kind: 'file'
  /** Reads the text of the file; throws SECRET_MALFORMED. */
  parse: (text: string) => InputOf<S>
  authorize: (credentials: OutputOf<S>, config: OutputOf<C>) => Authorization
}

export type Credentials<S extends Schema = Schema, C extends Schema = Schema> =
  | TokenCredentials<S, C>
  | OAuthCredentials<S, C>
  | FileCredentials<S, C>

/** An access token that may be used until `endsAt`, and is worth renewing from `renewAt` on; both in milliseconds since 1970. */
export interface AccessToken {
  access: string
  renewAt: number
  endsAt: number
}

/** Where rotating credentials are kept. `swap` stores `next` only if `old` is still what is stored, and answers whether it did. */
export interface CredentialStore<T = unknown> {
  load(): Promise<T>
  swap(old: T, next: T): Promise<boolean>
  /** The newest access token that was renewed with these credentials, shared by all processes. It may be lost at any time: then it is renewed. */
  access?: {
    load(credentials: T): Promise<AccessToken | undefined>
    save(credentials: T, token: AccessToken): Promise<void>
  }
  /** Runs `work` while no other process runs its own for these credentials; so they are renewed by one at a time, each with what the last one stored. */
  exclusively?<R>(work: () => Promise<R>, signal: AbortSignal): Promise<R>
}
