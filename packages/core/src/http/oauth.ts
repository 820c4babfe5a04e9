import type { AccessToken, Clock, CredentialStore, Http, OAuthCredentials } from '../contract/index.ts'
import { validate } from '../contract/index.ts'
import { canonicalText } from '../canonical/index.ts'
import { isKontorError, KontorError, toKontorError } from '../errors/index.ts'
import { secretsOf, type Authorizer, type Pass } from './authorizer.ts'
import { copyError, secretsIn, type Redactor } from './redact.ts'

/** Credentials as they are stored, and as the plugin's schema reads them. */
export interface Held {
  raw: unknown
  parsed: unknown
}

export interface OAuthOptions {
  spec: OAuthCredentials
  config: unknown
  held: Held
  store?: CredentialStore
  /** Sends anonymously: renewing must not wait for itself. */
  http: Http
  clock: Clock
  redactor: Redactor
}

/** An access token in use. Renewed from `renewAt` on; while a renewal fails it serves until `endsAt`. */
interface Token extends Pass, AccessToken {
  worked: boolean
}

/** Replaced credentials whose storing failed: stored first thing next time, since the old ones are worth nothing any more. */
interface Unsaved {
  old: unknown
  next: Held
  token: Token
}

/** At this part of its life an access token is renewed. */
const renewAtPart = 0.8
/** After a renewal that failed while the token still serves. */
const calmMs = 30_000
const rememberedTokens = 20

/**
 * Access tokens of limited life: one renewal at a time for all calls, of all processes where the store lets them share a token; credentials that
 * are replaced while renewing are stored before the new token is used, so that a crash never leaves us with credentials that the system has
 * already retired.
 */
export function createOAuthAuthorizer(options: OAuthOptions): Authorizer & AsyncDisposable {
  const { spec, config, store, clock, redactor } = options
  const closing = new AbortController()
  let { held } = options
  let token: Token | undefined
  let unsaved: Unsaved | undefined
  let renewal: Promise<Token> | undefined
  /** The token the system refused last: another process may not have heard of it yet. */
  let refused: string | undefined
  const masked: (readonly string[])[] = []

  /** Tokens are masked while they can still turn up; those of last week would only make every log line slow. */
  function remember(secrets: readonly string[]): void {
    redactor.add(...secrets)
    masked.push(secrets)
    const oldest = masked.length > rememberedTokens ? masked.shift() : undefined
    if (oldest) redactor.forget(...oldest.filter((value) => !masked.some((each) => each.includes(value))))
  }

  /**
   * The token another process has renewed already; else a new one, fetched by one process at a time. So credentials that may be spent once never
   * are in the state another has already replaced.
   */
  async function renewed(): Promise<Token> {
    if (!store?.exclusively || !(spec.rotates || store.access)) return renewedAlone()
    if (!unsaved) {
      const found = await shared()
      if (found) return found
    }
    return store.exclusively(async () => {
      if (!unsaved) {
        held = await reload()
        const found = await shared()
        if (found) return found
      }
      const fresh = await renewedAlone()
      const { access, renewAt, endsAt } = fresh
      // Where it cannot be kept the others fetch their own.
      await store.access?.save(held.raw, { access, renewAt, endsAt }).catch(() => undefined)
      return fresh
    }, closing.signal)
  }

  async function shared(): Promise<Token | undefined> {
    const found = await store?.access?.load(held.raw)
    if (!found || found.access === refused || found.renewAt <= clock.now()) return undefined
    // It has worked for whoever fetched it: a refusal means that it has run out, not that the credentials are wrong.
    return { ...tokenOf(found, held.parsed), worked: true }
  }

  function tokenOf({ access, renewAt, endsAt }: AccessToken, credentials: unknown): Token {
    const authorization = spec.authorize(access, credentials, config)
    remember([access, ...secretsOf(authorization)])
    return { access, authorization, renewAt, endsAt, worked: false }
  }

  async function renewedAlone(): Promise<Token> {
    if (!unsaved) return renewFrom(held)
    const saved = await save(unsaved)
    if (!saved) return renewFrom(await reload())
    return clock.now() < saved.renewAt ? saved : renewFrom(held)
  }

  async function renewFrom(from: Held): Promise<Token> {
    let tried = from
    for (let round = 0; round < 3; round++) {
      const answer = await ask(tried)
      if ('instead' in answer) {
        tried = answer.instead
        continue
      }
      const { access, expiresInMs, replace } = answer
      const now = clock.now()
      const fresh = tokenOf(
        { access, renewAt: now + expiresInMs * renewAtPart, endsAt: now + expiresInMs },
        tried.parsed,
      )
      if (replace === undefined) {
        held = tried
        return fresh
      }
      const saved = await save({ old: tried.raw, next: parse(replace), token: fresh })
      if (saved) return saved
      tried = await reload()
    }
    throw new KontorError('FENCED', {
      message:
        'The credentials are being renewed by another process at the same time; what it stored is used next time.',
      scope: 'connection',
    })
  }

  /** Renews, or answers other credentials to try where these have lapsed and the store holds newer ones. */
  async function ask(tried: Held): Promise<Awaited<ReturnType<typeof spec.renew>> | { instead: Held }> {
    try {
      return await spec.renew({ credentials: tried.parsed, config, http: options.http, signal: closing.signal })
    } catch (thrown) {
      const error = toKontorError(thrown, 'Renewing the access token')
      if (error.code !== 'AUTH_EXPIRED' && error.code !== 'AUTH_INVALID') throw error
      const stored = store && (await reload())
      if (stored && !same(stored.raw, tried.raw)) return { instead: stored }
      throw copyError(error, { key: error.key ?? 'credentials' })
    }
  }

  /** Stores replaced credentials. `undefined`: another process was faster, and its credentials count. */
  async function save(change: Unsaved): Promise<Token | undefined> {
    if (!store)
      throw new KontorError('CREDENTIAL_STORE_NEEDED', {
        message:
          'The system replaced the credentials while renewing, and there is no place to keep them. Pass a CredentialStore.',
        key: 'credentials',
      })
    unsaved = change
    const stored = await store.swap(change.old, change.next.raw)
    unsaved = undefined
    if (!stored) return undefined
    held = change.next
    return change.token
  }

  async function reload(): Promise<Held> {
    const raw = await store?.load()
    return raw === undefined || raw === null ? held : parse(raw)
  }

  function parse(raw: unknown): Held {
    redactor.add(...secretsIn(raw))
    const result = validate(spec.schema, raw)
    if (result.issues)
      throw new KontorError('SECRET_MALFORMED', {
        message: `Stored or renewed credentials do not have their form: ${redactor.text(result.issues[0]?.message ?? 'unknown')}.`,
        key: 'credentials',
      })
    return { raw, parsed: result.value }
  }

  /** One renewal for everybody who waits; it belongs to nobody, so nobody's abort ends it for the others. */
  const joined = (): Promise<Token> =>
    (renewal ??= renewed()
      .then((fresh) => (token = fresh))
      .finally(() => (renewal = undefined)))

  return {
    async current(signal) {
      const now = clock.now()
      if (token && now < token.renewAt) return token
      try {
        return await unlessAborted(joined(), signal)
      } catch (error) {
        if (!token || clock.now() >= token.endsAt || !isKontorError(error) || error.failureType !== 'transient')
          throw error
        token.renewAt = Math.min(clock.now() + calmMs, token.endsAt)
        return token
      }
    },
    accepted(pass) {
      if (pass === token) token.worked = true
    },
    rejected(pass) {
      const stale = pass !== token || token.worked
      if (pass === token) {
        refused = token?.access
        token = undefined
      }
      return { stale }
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new KontorError('ABORTED', { message: 'The connection was closed.' }))
      await renewal?.catch(() => undefined)
    },
  }
}

const same = (a: unknown, b: unknown): boolean => canonicalText(a) === canonicalText(b)

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  aborted.promise.catch(() => undefined)
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
