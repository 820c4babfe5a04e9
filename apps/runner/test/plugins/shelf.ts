import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definePlugin, isKontorError, Paths, Shipment, type Page } from '@kontor/core'
import { z } from 'zod'

/** A warehouse that is a file: orders are noted in orders.jsonl, shipments are read from shipments.json. */
export const shelf = definePlugin({
  id: 'shelf',
  title: 'Test shelf',
  apiVersion: 1,
  description: 'A warehouse that is a file.',
  config: z.strictObject({
    folder: z.string(),
    catches: z.boolean().default(false).describe('refusals of a record become outcomes'),
  }),
  readers: { shipments: { yields: ['shipments'], checkpoint: z.object({}) } },
  writers: { orders: { takes: ['orders'], again: 'safe' } },
  needs: { paths: Paths },
  create({ config, paths, begin }) {
    const file = (name: string): string => join(paths.resolve(config.folder), name)
    return {
      check: async () => ({ account: config.folder, problems: [] }),
      readers: {
        shipments: {
          async *read(): AsyncGenerator<Page<'shipments', Record<never, never>>> {
            const path = file('shipments.json')
            yield {
              records: existsSync(path) ? z.array(Shipment).parse(JSON.parse(readFileSync(path, 'utf8'))) : [],
              checkpoint: {},
            }
          },
        },
      },
      writers: {
        orders: {
          async *write(batch) {
            for (const { key, record, name } of batch) {
              try {
                await begin([{ key }], `note order ${name}`)
              } catch (error) {
                if (!config.catches || !isKontorError(error) || error.scope !== 'record') throw error
                yield { key, is: 'refused', error }
                continue
              }
              appendFileSync(file('orders.jsonl'), `${JSON.stringify({ name, id: record.id })}\n`)
              yield { key, is: 'done' }
            }
          },
        },
      },
    }
  },
})
export default shelf
