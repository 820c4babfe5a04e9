import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, KontorError, Order, Paths, type AnyRecord, type Page, type Rejection } from '@kontor/core'
import { defineSimulator, routesFor } from '@kontor/testkit/simulator'
import { z } from 'zod'

const Config = z.strictObject({
  folder: z.string().describe('Where orders.json lies, and confirmed.jsonl is written'),
  trouble: z.enum(['none', 'away', 'mistake', 'refuses']).default('none').describe('What goes wrong'),
})

/** A marketplace that is a file: orders are read from orders.json, what is shipped is noted in confirmed.jsonl. */
export const till = definePlugin({
  id: 'till',
  title: 'Test till',
  apiVersion: 1,
  description: 'A marketplace that is a file.',
  config: Config,
  credentials: {
    kind: 'token',
    schema: z.strictObject({ token: z.string().min(8) }),
    guide: { en: 'Ask the till.', de: 'Die Kasse fragen.' },
    authorize: ({ token }) => ({ headers: { authorization: token } }),
  },
  readers: {
    orders: { yields: ['orders'], checkpoint: z.object({ read: z.int() }), permission: 'orders', evidence: 'observed' },
  },
  writers: { orders: { takes: ['shipments', 'decisions'], again: 'safe' } },
  needs: { paths: Paths },
  create({ config, credentials, paths, begin }) {
    const file = (name: string): string => join(paths.resolve(config.folder), name)
    const trouble = (): void => {
      // A clumsy message on purpose: what it holds must not come out anywhere.
      if (config.trouble === 'away')
        throw new KontorError('UPSTREAM_UNAVAILABLE', { message: `The till at ${credentials.token} does not answer.` })
      if (config.trouble === 'mistake') throw new TypeError(`cannot read properties of ${credentials.token}`)
    }
    return {
      check: async () => ({
        account: config.folder,
        problems:
          config.trouble === 'refuses'
            ? [{ level: 'error' as const, message: 'The till is locked. Open it.', key: 'config.trouble' }]
            : [],
        facts: { file: 'orders.json' },
      }),
      readers: {
        orders: {
          async *read(): AsyncGenerator<Page<'orders', { read: number }>> {
            trouble()
            yield { ...understood(readOrders(file('orders.json'))), checkpoint: { read: 1 } }
          },
          async *fetch(refs) {
            yield understood(readOrders(file('orders.json')).filter((each) => refs.some(({ id }) => id === idOf(each))))
          },
        },
      },
      writers: {
        orders: {
          async *write(batch) {
            for (const { key, record, order } of batch) {
              if (record.entity === 'shipments' && record.trackingNumber === 'wrong') {
                yield {
                  key,
                  is: 'refused',
                  error: new KontorError('TRACKING_INVALID', {
                    message: 'The till does not know this number. Correct it at the warehouse.',
                  }),
                }
                continue
              }
              await begin([{ key }], `confirm ${record.entity} ${record.id}`)
              appendFileSync(
                file('confirmed.jsonl'),
                `${JSON.stringify({ order: order?.id, entity: record.entity, id: record.id })}\n`,
              )
              yield { key, is: 'done', reference: `confirmed-${record.id}` }
            }
          },
        },
      },
    }
  },
  simulator: async () => ({ simulator }),
})
export default till

const readOrders = (path: string): unknown[] =>
  existsSync(path) ? z.array(z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8'))) : []
const idOf = (value: unknown): string | undefined => z.looseObject({ id: z.string() }).safeParse(value).data?.id

function understood(values: readonly unknown[]): { records: Order[]; rejected: Rejection[] } {
  const records: Order[] = []
  const rejected: Rejection[] = []
  for (const value of values) {
    const parsed = Order.safeParse(value)
    const id = idOf(value)
    if (parsed.success) records.push(parsed.data)
    else
      rejected.push({
        ...(id === undefined ? {} : { ref: { entity: 'orders', id } }),
        path: 'lines.0.quantity',
        error: new KontorError('RECORD_INVALID', { message: 'The quantity is no number.' }),
        raw: value,
      })
  }
  return { records, rejected }
}

const route = routesFor<AnyRecord[], { orders: number }>()
const simulator = defineSimulator<AnyRecord[], { orders: number }>({
  id: 'till',
  title: 'Till',
  options: z.strictObject({ orders: z.int().min(0).default(3).describe('orders at the start') }),
  world: () => [],
  routes: [route.get('/orders', ({ options }) => ({ json: { count: options.orders } }))],
})
