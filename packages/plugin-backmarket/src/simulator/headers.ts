import type { Answer, Call } from '@kontor/testkit/simulator'
import { firewallPage, refusal, unauthenticated } from './errors.ts'
import { languagesOf, type Options } from './options.ts'
import type { World } from './world.ts'

/** `BM-{Company}-{Integration};mail`. */
const agent = /^BM-[^\s;-][^;]*-[^;]+;[^\s@;]+@[^\s@;]+\.[^\s@;]+$/

/** Whose account a call is about. */
export const merchantOf = ({ headers, options }: Pick<Call<World, Options>, 'headers' | 'options'>): number =>
  options.merchant + (headers['authorization'] === `Basic ${options.otherToken}` ? 1 : 0)

/** What every call has to carry. Files need nothing: they are fetched without credentials. */
export function checkHeaders({ headers, path, body, options }: Call<World, Options>): Answer | undefined {
  if (path.startsWith('/delivery_note/') || path.startsWith('/static/')) return undefined
  if (!agent.test(headers['user-agent'] ?? '')) return firewallPage()
  if (headers['authorization'] === `Basic ${options.restrictedToken}`)
    return refusal(403, 'E003', 'Authenticated user is not a merchant.')
  if (![options.token, options.otherToken].some((token) => headers['authorization'] === `Basic ${token}`))
    return unauthenticated()
  if (!/application\/json|\*\/\*/.test(headers['accept'] ?? ''))
    return refusal(406, 'E406', 'The header Accept must allow application/json.')
  if (!languagesOf[options.platform].includes(headers['accept-language'] ?? ''))
    return refusal(400, 'E009', 'The header Accept-Language names no market of this platform.')
  if (body.length > 0 && !/^(application\/json|multipart\/form-data)/.test(headers['content-type'] ?? ''))
    return refusal(415, 'E415', 'The header Content-Type does not fit the body.')
  return undefined
}
