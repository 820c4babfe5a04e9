import { definePlugin } from '@kontor/core'
import { z } from 'zod'

const Known = z.object({ taken: z.boolean() })

/** A place that takes everything about an order over HTTP, one call each, and can be asked what it has taken. It says which process called. */
export const dock = definePlugin({
  id: 'dock',
  title: 'Test dock',
  apiVersion: 1,
  description: 'A place that takes everything about an order.',
  config: z.strictObject({ account: z.string(), url: z.string() }),
  hosts: ({ url }) => ({ api: [url] }),
  headers: () => ({ 'x-process': String(process.pid) }),
  readers: { nothing: { yields: ['orders', 'shipments', 'refunds'], checkpoint: z.object({}), every: '1h' } },
  writers: {
    everything: { takes: ['orders', 'shipments', 'refunds'], again: 'ask', settles: '1s', batch: { max: 20 } },
  },
  create: ({ config, http }) => ({
    check: async () => ({ account: config.account, problems: [] }),
    readers: { nothing: { async *read() {} } },
    writers: {
      everything: {
        async *write(batch, signal) {
          for (const delivery of batch) {
            await http.send({
              method: 'POST',
              path: '/take',
              json: { key: delivery.key, entity: delivery.record.entity, id: delivery.record.id },
              effect: 'once',
              for: [delivery],
              as: 'none',
              doing: 'take',
              signal,
            })
            yield { key: delivery.key, is: 'done' }
          }
        },
        async *readBack(batch, signal) {
          for (const { key } of batch) {
            const { body } = await http.send({
              method: 'GET',
              path: '/taken',
              query: { key },
              effect: 'none',
              schema: Known,
              doing: 'ask',
              signal,
            })
            yield { key, is: body.taken ? 'done' : 'absent' }
          }
        },
      },
    },
  }),
})
export default dock
