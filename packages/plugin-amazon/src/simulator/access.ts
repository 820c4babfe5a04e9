import type { Answer } from '@kontor/testkit/simulator'
import { denied, EXPIRED, failure, html, invalidInput, REVOKED } from './answers.ts'
import { operationOf } from './plans.ts'
import type { Role } from './options.ts'
import { isAuthorized } from './token.ts'
import type { AccessToken, AmazonCall, Authorization } from './world.ts'

/** What is asked without an access token: the token itself, the seller's consent, presigned documents, and the queue of AWS. */
const OPEN = /^\/(auth\/o2\/token|apps\/authorize\/consent|documents\/|$)/

/** Everything that is refused before an operation looks at its parameters. */
export function checkAccess(call: AmazonCall): Answer | undefined {
  if (OPEN.test(call.path)) return undefined
  if (call.method === 'GET' && (call.body.length > 0 || call.headers['content-length'] !== undefined))
    return html(400, 'The request could not be satisfied')
  const token = call.headers['x-amz-access-token']
  if (token === undefined)
    return failure(403, 'MissingAuthenticationToken', 'Access to requested resource is denied.', 'Missing access token')
  const access = call.world.accessTokens.get(token) ?? call.world.restrictedTokens.get(token)?.base
  if (access === undefined) return REVOKED
  if (expiryOf(call, token, access) <= call.clock.now()) return EXPIRED
  if (access.authorization !== undefined && !isAuthorized(access.authorization, call)) return REVOKED
  if ((call.headers['user-agent'] ?? '').trim() === '') invalidInput('The user-agent header is missing')
  if (!/^\d{8}T\d{6}Z$/.test(call.headers['x-amz-date'] ?? ''))
    invalidInput('The x-amz-date header is missing or not of the form YYYYMMDDTHHMMSSZ')
  if (call.world.dormant)
    return failure(403, 'Unauthorized', 'Access to requested resource is denied.', 'The account is dormant')
  const operation = operationOf(call)
  if (operation === undefined) return undefined
  if (operation.grantless === true)
    return access.authorization === undefined ? undefined : denied('This operation takes a grantless token')
  if (access.authorization === undefined) return denied('A grantless token cannot call this operation')
  const { roles } = operation
  if (roles.length > 0 && !roles.some((role) => hasRole(call, role))) return denied()
  return undefined
}

function expiryOf({ world }: AmazonCall, token: string, access: AccessToken): number {
  return world.restrictedTokens.get(token)?.expiresAt ?? access.expiresAt
}

/** The consent the call is made with. */
export function callerOf({ world, headers }: AmazonCall): Authorization {
  const token = headers['x-amz-access-token'] ?? ''
  const access = world.accessTokens.get(token) ?? world.restrictedTokens.get(token)?.base
  if (access?.authorization === undefined) return denied()
  return access.authorization
}

export function hasRole(call: AmazonCall, role: Role): boolean {
  return (callerOf(call).roles ?? call.options.roles).includes(role)
}

/** The restricted data token of the call, if it is one. */
export const restrictedOf = ({ world, headers }: AmazonCall) =>
  world.restrictedTokens.get(headers['x-amz-access-token'] ?? '')
