import { definePlugin } from '@kontor/core'
import { z } from 'zod'

const Renewed = z.object({ access: z.string(), expires: z.number(), refresh: z.string() })

/** Requests are counted by stretches of so many seconds. */
export const windowSeconds = 4

/** A system whose refresh token is good for one renewal, and that allows a number of requests in a stretch of time. */
export const sharingPlugin = (origin: string, perSecond: number) =>
  definePlugin({
    id: 'sharing',
    title: 'Sharing',
    description: 'A system that several processes use at once.',
    apiVersion: 1,
    config: z.strictObject({}),
    credentials: {
      kind: 'oauth',
      rotates: true,
      schema: z.strictObject({ refresh: z.string() }),
      guide: { en: 'Authorize.', de: 'Genehmigen.' },
      renew: async ({ credentials, http, signal }) => {
        const { body } = await http.send({
          method: 'POST',
          path: '/token',
          form: { refresh: credentials.refresh },
          effect: 'once',
          doing: 'renew the token',
          schema: Renewed,
          signal,
        })
        return { access: body.access, expiresInMs: body.expires, replace: { refresh: body.refresh } }
      },
      authorize: (access) => ({ headers: { authorization: `Bearer ${access}` } }),
    },
    hosts: () => ({ api: [origin] }),
    limits: { all: { burst: perSecond * windowSeconds, per: `${windowSeconds}s`, source: 'the test' } },
    readers: {},
    writers: {},
    create({ http }) {
      return {
        check: async (signal) => {
          const { body } = await http.send({
            method: 'GET',
            path: '/me',
            effect: 'none',
            take: { all: 1 },
            doing: 'ask who we are',
            schema: z.object({ access: z.string() }),
            signal,
          })
          return { account: body.access, problems: [] }
        },
        readers: {},
        writers: {},
      }
    },
  })
