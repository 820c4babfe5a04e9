import type { Answer } from '@kontor/testkit/simulator'
import type { Options } from './options.ts'
import type { Scope } from './world.ts'

/**
 * Reads the header the way Rails' HTTP token authentication does: scheme Token or Bearer, pairs split at comma, semicolon or tab, quotes
 * taken off; without pairs it is the token alone.
 */
function credentialsOf(header: string | undefined): { token: string; apiKey?: string | undefined } | undefined {
  const given = /^(?:Token|Bearer)\s+(.+)$/i.exec(header ?? '')?.[1]
  if (given === undefined) return undefined
  if (!/^\w+=/.test(given)) return { token: given }
  const pairs = new Map(
    given.split(/[,;\t]/).map((pair) => {
      const [name = '', ...value] = pair.trim().split('=')
      return [name, value.join('=').replaceAll(/^"|"$/g, '')] as const
    }),
  )
  return { token: pairs.get('token') ?? '', apiKey: pairs.get('api_key') }
}

/** 401 for credentials that are not right; the form of the body is assumed. */
export function refuseStranger(header: string | undefined, { apiKey, password, token }: Options): Answer | undefined {
  const given = credentialsOf(header)
  const known =
    given?.apiKey === undefined ? given?.token === token : given.token === password && given.apiKey === apiKey
  return known ? undefined : { status: 401, json: { error: 'HTTP Token: Access denied.' } }
}

/** 403 for a permission the credential does not have; that the real system enforces them is assumed. */
export const refuseScope = (scope: Scope, { scopes }: Options): Answer | undefined =>
  scopes.split(',').includes(scope) ? undefined : { status: 403, json: { error: 'Forbidden' } }
