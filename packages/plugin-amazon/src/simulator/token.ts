import { refuse, type Answer } from '@kontor/testkit/simulator'
import { CLIENT_ID, DAY, HOUR, nextId, type AmazonCall, type Authorization, type WorldScene } from './world.ts'

/** Login with Amazon has an error shape of its own. */
const oauthError = (status: number, error: string, description: string): Answer => ({
  status,
  json: { error, error_description: description },
})

const INVALID_GRANT = oauthError(
  400,
  'invalid_grant',
  'The request has an invalid grant parameter : refresh_token. User may have revoked or didn’t grant the permission.',
)
const INVALID_CLIENT = oauthError(401, 'invalid_client', 'Client authentication failed')

const SCOPES: readonly string[] = ['sellingpartnerapi::notifications', 'sellingpartnerapi::client_credential:rotation']

/** Whether the seller's consent still holds: it ends after a year, or when the seller takes it back. */
export const isAuthorized = (
  { authorizedAt, revoked }: Authorization,
  { clock, options }: Pick<WorldScene, 'clock' | 'options'>,
): boolean =>
  !revoked && (options.authorizationDays === 0 || clock.now() < authorizedAt + options.authorizationDays * DAY)

/** `POST /auth/o2/token`, on one host for all regions. */
export function issueToken(call: AmazonCall): Answer {
  const form = formOf(call)
  const client = form.get('client_id')
  const secret = call.world.secrets.find(({ value }) => value === form.get('client_secret'))
  if (client !== CLIENT_ID || secret === undefined || secret.expiresAt <= call.clock.now()) return INVALID_CLIENT
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return refresh(call, form.get('refresh_token'))
    case 'authorization_code':
      return exchange(call, form)
    case 'client_credentials':
      return grantless(call, form.get('scope'))
    case null:
      return oauthError(400, 'invalid_request', 'The request is missing a required parameter : grant_type')
    default:
      return oauthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported')
  }
}

function formOf(call: AmazonCall): URLSearchParams {
  const type = call.headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) return call.form()
  const given = type.startsWith('application/json') ? call.json() : undefined
  if (typeof given !== 'object' || given === null)
    return refuse(oauthError(400, 'invalid_request', 'The request has an unsupported content type'))
  return new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)]))
}

function refresh(call: AmazonCall, token: string | null): Answer {
  if (token === null)
    return oauthError(400, 'invalid_request', 'The request is missing a required parameter : refresh_token')
  const authorization = call.world.authorizations.get(token)
  if (authorization === undefined || !isAuthorized(authorization, call)) return INVALID_GRANT
  return granted(call, authorization)
}

function exchange(call: AmazonCall, form: URLSearchParams): Answer {
  const { world, clock } = call
  const code = world.codes.get(form.get('code') ?? '')
  world.codes.delete(form.get('code') ?? '')
  if (code === undefined || code.expiresAt <= clock.now())
    return oauthError(400, 'invalid_grant', 'The request has an invalid grant parameter : code')
  if (code.redirectUri !== undefined && form.get('redirect_uri') !== code.redirectUri)
    return oauthError(400, 'invalid_grant', 'The request has an invalid grant parameter : redirect_uri')
  return granted(call, authorize(call, code.sellerId))
}

function granted(call: AmazonCall, authorization: Authorization): Answer {
  const key = authorization.refreshToken
  const token = issue(call, key, { authorization, scope: undefined })
  return {
    headers: { 'cache-control': 'no-store' },
    json: { access_token: token, refresh_token: key, token_type: 'bearer', expires_in: 3600 },
  }
}

function grantless(call: AmazonCall, scope: string | null): Answer {
  if (scope === null || !SCOPES.includes(scope) || !call.options.grantless)
    return oauthError(400, 'invalid_scope', 'The request has an invalid scope parameter')
  const token = issue(call, scope, { authorization: undefined, scope })
  return { json: { access_token: token, scope, token_type: 'bearer', expires_in: 3600 } }
}

function issue(
  { world, clock, random }: AmazonCall,
  key: string,
  of: { authorization: Authorization | undefined; scope: string | undefined },
): string {
  world.tokensIssued.set(key, (world.tokensIssued.get(key) ?? 0) + 1)
  const token = `Atza|${of.authorization?.sellerId ?? 'grantless'}.${random.hex(32)}`
  world.accessTokens.set(token, { ...of, expiresAt: clock.now() + HOUR })
  return token
}

/** A new consent of this seller, from now on. Older ones stay as they are (docs#40: another token does not invalidate the older). */
export function authorize({ world, clock, random }: WorldScene, sellerId: string): Authorization {
  const refreshToken = `Atzr|${random.hex(8)}${nextId(world)}${random.hex(24)}`
  const made: Authorization = {
    refreshToken,
    sellerId,
    roles: undefined,
    authorizedAt: clock.now(),
    revoked: false,
  }
  world.authorizations.set(refreshToken, made)
  return made
}

/** What comes back to the redirect address after the seller's consent; good once, for five minutes. */
export function makeCode({ world, clock, random }: WorldScene, sellerId: string, redirectUri?: string): string {
  const code = `ANexample${random.hex(24)}`
  world.codes.set(code, { sellerId, redirectUri, expiresAt: clock.now() + 5 * 60_000 })
  return code
}
