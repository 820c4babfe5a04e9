import { defineSimulator, routesFor, type Answer, type Call, type Simulator } from '@kontor/testkit/simulator'
import { html, failure, REVOKED } from '../answers.ts'
import { createMatcher } from './match.ts'
import { loadSandboxCases, type SandboxCase } from './static-cases.ts'

/** What has been answered so far, newest last; `undefined` for a request that no case fits. */
export interface SandboxWorld {
  readonly answered: (SandboxCase | undefined)[]
}

const route = routesFor<SandboxWorld>()

/** The real sandbox's words for a request that none of its cases fits. */
const NO_MATCH = failure(400, 'InvalidInput', 'Could not match input arguments')

const ACCESS_TOKEN = 'Atza|sandbox.0000000000000000'

/**
 * Amazon's static sandbox, from the models in a folder: each request is answered by the case that it fits, word for word, or with 400. Any
 * refresh token is taken. It has no state, and the sandbox's own plan: 5 a second, 15 at once, for every operation alike.
 */
export function sandboxSimulator(folder: string): Simulator<SandboxWorld, Readonly<Record<string, never>>> {
  const match = createMatcher(loadSandboxCases(folder))
  const answer = ({ world, ...request }: Call<SandboxWorld>): Answer => {
    const found = match(request)
    world.answered.push(found)
    if (found === undefined) return NO_MATCH
    // A model writes {} where the answer has no body.
    const empty = found.status === 204 || found.response === null
    return { status: found.status, ...(empty ? {} : { json: found.response }) }
  }
  return defineSimulator<SandboxWorld>({
    id: 'amazon',
    title: 'Amazon Selling Partner API, static sandbox',
    world: () => ({ answered: [] }),
    limits: [
      {
        name: 'sandbox',
        kind: 'token',
        limit: 15,
        per: '3s',
        match: ({ path }) => !path.startsWith('/auth/'),
      },
    ],
    before({ path, method, headers, body }) {
      if (path === '/auth/o2/token') return undefined
      if (method === 'GET' && body.length > 0) return html(400, 'The request could not be satisfied')
      return headers['x-amz-access-token'] === ACCESS_TOKEN ? undefined : REVOKED
    },
    after: ({ random, path }, given) => ({
      ...given,
      headers: {
        'x-amzn-requestid': random.uuid(),
        ...(path.startsWith('/auth/') ? {} : { 'x-amzn-ratelimit-limit': '5' }),
        ...given.headers,
      },
    }),
    throttled: () => failure(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.'),
    routes: [
      route.post('/auth/o2/token', () => ({
        json: { access_token: ACCESS_TOKEN, refresh_token: 'Atzr|sandbox', token_type: 'bearer', expires_in: 3600 },
      })),
      ...(['get', 'post', 'put', 'patch', 'delete'] as const).map((method) => route[method]('/*path', answer)),
    ],
  })
}
