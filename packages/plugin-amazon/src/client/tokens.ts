import { isKontorError, KontorError, type Http } from '@kontor/core'
import { z } from 'zod'
import { tokenOriginOf, type AmazonConfig, type AmazonCredentials } from '../config.ts'
import { renewal } from '../tables/index.ts'

const Tokens = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().optional(),
})

/** Login with Amazon, developer-docs.amazon.com/sp-api, "Connect to the Selling Partner API" (2026-08). One host for all regions. */
const path = (config: Pick<AmazonConfig, 'baseUrl'>): string => `${tokenOriginOf(config)}/auth/o2/token`

/** A new access token. The refresh token stays the same for as long as the authorization lasts. */
export async function renewAccess(
  { clientId, clientSecret, refreshToken }: AmazonCredentials,
  config: Pick<AmazonConfig, 'baseUrl'>,
  http: Http,
  signal: AbortSignal,
): Promise<{ access: string; expiresInMs: number }> {
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  }
  const { access_token: access, expires_in: seconds } = await ask(form, 'renew the access token', config, http, signal)
  return { access, expiresInMs: seconds * 1000 }
}

/** An access token of the app alone, for operations that belong to no seller. */
export async function grantlessAccess(
  { clientId, clientSecret }: Pick<AmazonCredentials, 'clientId' | 'clientSecret'>,
  scope: 'sellingpartnerapi::notifications',
  config: Pick<AmazonConfig, 'baseUrl'>,
  http: Http,
  signal: AbortSignal,
): Promise<string> {
  const form = { grant_type: 'client_credentials', scope, client_id: clientId, client_secret: clientSecret }
  const { access_token: access } = await ask(form, 'give the app a token of its own', config, http, signal)
  return access
}

/** Exchanges the code of the website authorization workflow. It is worth nothing after five minutes, or a second time. */
export async function exchangeCode(
  input: { code: string; redirect: string; clientId: string; clientSecret: string },
  config: Pick<AmazonConfig, 'baseUrl'>,
  http: Http,
  signal: AbortSignal,
): Promise<{ refreshToken: string }> {
  const form = {
    grant_type: 'authorization_code',
    code: input.code,
    redirect_uri: input.redirect,
    client_id: input.clientId,
    client_secret: input.clientSecret,
  }
  const { refresh_token: refreshToken } = await ask(form, 'exchange the authorization code', config, http, signal)
  if (refreshToken === undefined)
    throw new KontorError('WIRE_MISMATCH', {
      message: 'Amazon exchanged the authorization code for an answer without refresh token. Give consent again.',
      path: 'refresh_token',
    })
  return { refreshToken }
}

async function ask(
  form: Readonly<Record<string, string>>,
  doing: string,
  config: Pick<AmazonConfig, 'baseUrl'>,
  http: Http,
  signal: AbortSignal,
): Promise<z.output<typeof Tokens>> {
  try {
    const { body } = await http.send({
      method: 'POST',
      path: path(config),
      form,
      effect: form['grant_type'] === 'authorization_code' ? 'once' : 'repeatable',
      anonymous: true,
      schema: Tokens,
      doing,
      signal,
    })
    return body
  } catch (thrown) {
    throw isKontorError(thrown) ? explained(thrown, doing, form['grant_type'] === 'refresh_token') : thrown
  }
}

/** What Login with Amazon says with `{error}` (RFC 6749), with what to do about it here. */
const remedies: Readonly<
  Record<string, { code: KontorError['code']; key: string; tell: (renews: boolean) => string }>
> = {
  invalid_grant: {
    code: 'AUTH_EXPIRED',
    key: 'credentials.refreshToken',
    tell: (renews) =>
      renews
        ? `the authorization has lapsed or was revoked, so orders are not read and stock and prices not sent. ${renewal.authorization}`
        : 'the code was used already, or is older than five minutes. Give consent again.',
  },
  invalid_client: {
    code: 'AUTH_INVALID',
    key: 'credentials.clientSecret',
    tell: () =>
      `client id and secret do not belong together, or the secret was rotated or has run out. ${renewal.secret}`,
  },
  invalid_scope: {
    code: 'AUTH_PERMISSION_MISSING',
    key: 'credentials.clientId',
    tell: () => 'the app may not ask for this scope.',
  },
  unauthorized_client: {
    code: 'AUTH_INVALID',
    key: 'credentials.clientId',
    tell: () => 'the app may not do this. Check that client id and refresh token are of the same app.',
  },
}

function explained(error: KontorError, doing: string, renews: boolean): KontorError {
  const found =
    (error.vendorCode === undefined ? undefined : remedies[error.vendorCode]) ??
    (error.code === 'AUTH_EXPIRED'
      ? remedies['invalid_grant']
      : error.code === 'AUTH_INVALID'
        ? remedies['invalid_client']
        : undefined)
  if (found === undefined) return error
  return new KontorError(found.code, {
    message: `Amazon refused to ${doing}${error.vendorCode === undefined ? '' : ` (${error.vendorCode})`}: ${found.tell(renews)}`,
    key: found.key,
    ...(error.vendorCode === undefined ? {} : { vendorCode: error.vendorCode }),
    ...(error.exchange === undefined ? {} : { exchange: error.exchange }),
  })
}
