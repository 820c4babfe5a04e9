import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { definePlugin, type AccessToken, type CredentialStore, type Json } from '../../src/index.ts'
import { json, serve, type Seen, type TestServer } from './server.ts'

/** Seconds an access token lives. */
export const life = 3600

/** A system that issues access tokens `access-1`, `access-2`, … and, where it rotates, refresh tokens of the same number. */
export interface AuthWorld {
  server: TestServer
  /** Number of the last token issued. */
  issued: number
  /** The refresh token it accepts. */
  valid: string
  /** Access tokens it no longer accepts. */
  revoked: Set<string>
  /** What it answers to others: 401, or 403 with a code, as some do. */
  refusal: 401 | 403
  renewals: () => number
  trouble?: ((response: ServerResponse) => boolean) | undefined
}

export async function startWorld(rotates: boolean): Promise<AuthWorld> {
  const world: AuthWorld = {
    issued: 0,
    valid: 'refresh-token-0',
    revoked: new Set(),
    refusal: 401,
    renewals: () => world.server.seen.filter(({ path }) => path === '/token').length,
    server: await serve((request, response) => answer(request, response)),
  }
  const answer = ({ path, body, headers }: Seen, response: ServerResponse): void => {
    const access = headers.authorization?.replace('Bearer ', '')
    if (path !== '/token') {
      const good = access === `access-token-${world.issued}` && !world.revoked.has(access)
      return json(
        response,
        good || world.refusal === 401 ? { access } : { error: 'expired' },
        good ? 200 : world.refusal,
      )
    }
    if (access) return json(response, {}, 500)
    if (world.trouble?.(response)) return
    if (new URLSearchParams(body).get('refresh') !== world.valid) return json(response, { error: 'invalid_grant' }, 400)
    world.issued++
    if (rotates) world.valid = `refresh-token-${world.issued}`
    json(response, {
      access: `access-token-${world.issued}`,
      expires: life,
      ...(rotates ? { refresh: world.valid } : {}),
    })
  }
  return world
}

const Expired = z.object({ error: z.literal('expired') })
const Renewed = z.object({ access: z.string(), expires: z.number(), refresh: z.string().optional() })

export const leaseShop = (origin: string, rotates: boolean) =>
  definePlugin({
    id: 'lease-shop',
    title: 'Lease shop',
    description: 'A shop whose tokens run out.',
    apiVersion: 1,
    config: z.strictObject({}),
    credentials: {
      kind: 'oauth',
      rotates,
      schema: z.strictObject({ refresh: z.string() }),
      guide: { en: 'Authorize.', de: 'Genehmigen.' },
      renew: async ({ credentials, http, signal }) => {
        // `once`, since a rotating token must not be spent twice; and no delivery is it for.
        const { body } = await http.send({
          method: 'POST',
          path: '/token',
          form: { refresh: credentials.refresh },
          effect: 'once',
          doing: 'renew the token',
          schema: Renewed,
          signal,
        })
        return {
          access: body.access,
          expiresInMs: body.expires * 1000,
          ...(body.refresh === undefined ? {} : { replace: { refresh: body.refresh } }),
        }
      },
      lapsed: ({ status, json: body }) => status === 403 && Expired.safeParse(body).success,
      authorize: (access) => ({ headers: { authorization: `Bearer ${access}` } }),
    },
    hosts: () => ({ api: [origin] }),
    // A plugin that knows nothing of tokens: every 400 is a refusal to it.
    readers: {},
    writers: { stock: { takes: ['stock'], again: 'never' } },
    create: ({ http }) => {
      const look = async (accept: 'any' | readonly number[], signal: AbortSignal): Promise<Json> => {
        const { status, body } = await http.send<{ access: string }>({
          method: 'GET',
          path: '/me',
          effect: 'none',
          doing: 'ask',
          accept,
          signal,
        })
        return [status, body.access]
      }
      return {
        check: async (signal) => {
          const { body } = await http.send<{ access: string }>({
            method: 'GET',
            path: '/me',
            effect: 'none',
            doing: 'ask',
            signal,
          })
          return { account: body.access, problems: [] }
        },
        actions: {
          any: ({ signal }) => look('any', signal),
          named: ({ signal }) => look([401], signal),
        },
        readers: {},
        writers: {
          stock: {
            async *write(batch, signal) {
              for (const delivery of batch) {
                await http.send({
                  method: 'POST',
                  path: '/stock',
                  effect: 'once',
                  for: [delivery],
                  doing: 'set stock',
                  signal,
                })
                yield { key: delivery.key, is: 'done' }
              }
            },
          },
        },
      }
    },
  })

export function storeOf(refresh: string): CredentialStore & { kept: unknown; swaps: number; broken: boolean } {
  const store = {
    kept: { refresh } as unknown,
    swaps: 0,
    broken: false,
    load: () => Promise.resolve(store.kept),
    async swap(old: unknown, next: unknown) {
      if (store.broken) throw new Error('disk full')
      if (JSON.stringify(old) !== JSON.stringify(store.kept)) return false
      store.kept = next
      store.swaps++
      return true
    },
  }
  return store
}

/** The same for several processes: one renews at a time, and they share what came of it. */
export function sharedStoreOf(refresh: string) {
  let turn: Promise<unknown> = Promise.resolve()
  const store = Object.assign(storeOf(refresh), {
    token: undefined as AccessToken | undefined,
    exclusively<R>(work: () => Promise<R>): Promise<R> {
      const mine = turn.then(work)
      turn = mine.catch(() => undefined)
      return mine
    },
    access: {
      load: async () => store.token,
      save: async (_: unknown, token: AccessToken) => void (store.token = token),
    },
  })
  return store
}
