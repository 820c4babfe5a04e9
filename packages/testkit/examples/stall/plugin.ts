import { apiVersion, definePlugin, KontorError, validate, type Order, type Page, type Rejection } from '@kontor/core'
import { z } from 'zod'

/** A connector as small as one can be: one reader, one token. `suite.ts` beside it proves it, `simulator.ts` plays the system. */

const Config = z.strictObject({ url: z.url().describe('Address of the stall.') })
const Token = z.strictObject({ token: z.string().min(8).describe('Token, from the settings of the stall.') })
const Checkpoint = z.strictObject({ after: z.int().describe('Change number behind which to go on.') })

const AccountWire = z.object({ stall: z.string(), mayRead: z.boolean() })
const ListWire = z.object({ orders: z.array(z.unknown()), last: z.int(), more: z.boolean() })
const OrderWire = z.object({ id: z.int(), change: z.int(), state: z.string(), mail: z.string() })
const WithId = z.object({ id: z.int() })

const LIFECYCLE: Readonly<Record<string, 'open' | 'completed'>> = { new: 'open', sent: 'completed' }

function toOrder({ id, change, state, mail }: z.output<typeof OrderWire>): Order {
  return {
    entity: 'orders',
    id: String(id),
    version: String(change),
    numbers: [String(id)],
    lifecycle: { value: LIFECYCLE[state] ?? 'unknown', source: state },
    buyer: { email: mail },
  }
}

export const stall = definePlugin({
  id: 'stall',
  title: 'Stall',
  description: 'Reads the orders of a market stall.',
  apiVersion,
  upstream: { version: '1', documents: ['Stall interface, 2026-01-01'] },
  config: Config,
  credentials: {
    kind: 'token',
    schema: Token,
    guide: { en: 'Settings, *Token*.', de: 'Einstellungen, *Token*.' },
    authorize: ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
  },
  hosts: ({ url }) => ({ api: [url] }),
  limits: { all: { burst: 50, per: '10s', source: 'Stall interface, 2026-01-01' } },
  readers: { orders: { yields: ['orders'], checkpoint: Checkpoint } },
  writers: {},
  create: ({ http }) => ({
    async check(signal) {
      const { body } = await http.send({
        method: 'GET',
        path: '/account',
        schema: AccountWire,
        effect: 'none',
        take: { all: 1 },
        doing: 'read the account',
        signal,
      })
      const problem = {
        level: 'error',
        code: 'AUTH_PERMISSION_MISSING',
        key: 'credentials.token',
        message: 'The token may not read orders. Allow it in the settings of the stall.',
      } as const
      return { account: body.stall, problems: body.mayRead ? [] : [problem] }
    },
    readers: {
      orders: {
        async *read({ checkpoint, signal }): AsyncGenerator<Page<'orders', z.output<typeof Checkpoint>>> {
          for (let after = checkpoint?.after ?? 0, more = true; more;) {
            const { body } = await http.send({
              method: 'GET',
              path: '/orders',
              query: { after: String(after) },
              schema: ListWire,
              effect: 'none',
              take: { all: 1 },
              doing: 'list orders',
              signal,
            })
            const records: Order[] = []
            const rejected: Rejection[] = []
            for (const raw of body.orders) {
              const result = validate(OrderWire, raw)
              if (result.issues === undefined) records.push(toOrder(result.value))
              else {
                const id = WithId.safeParse(raw).data?.id
                rejected.push({
                  ...(id === undefined ? {} : { ref: { entity: 'orders', id: String(id) } }),
                  path: '',
                  error: new KontorError('RECORD_INVALID', {
                    message: 'An order has not the form we know. Update the plugin, then replay it.',
                  }),
                  raw,
                })
              }
            }
            ;({ last: after, more } = body)
            yield { records, rejected, checkpoint: { after } }
          }
        },
      },
    },
    writers: {},
  }),
  simulator: async () => ({ simulator: (await import('./simulator.ts')).stallSimulator }),
})
export default stall
