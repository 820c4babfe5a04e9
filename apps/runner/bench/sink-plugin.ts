import { definePlugin } from '@kontor/core'
import { z } from 'zod'

/** Called with each delivery that was taken, and its number. */
export const heard: { taken?: (count: number) => void } = {}
let count = 0

/** A shop that has nothing new, and a warehouse that takes everything at once: what is left is Kontor's own work. */
export const sink = definePlugin({
  id: 'sink',
  title: 'Sink',
  apiVersion: 1,
  description: 'Takes everything at once.',
  config: z.strictObject({ account: z.string() }),
  readers: { orders: { yields: ['orders'], checkpoint: z.object({}) } },
  writers: { orders: { takes: ['orders'], again: 'safe', batch: { max: 100 } } },
  create: ({ config, begin }) => ({
    check: async () => ({ account: config.account, problems: [] }),
    readers: { orders: { async *read() {} } },
    writers: {
      orders: {
        async *write(batch) {
          await begin(batch, 'take orders')
          for (const { key } of batch) {
            heard.taken?.(++count)
            yield { key, is: 'done' }
          }
        },
      },
    },
  }),
})
export default sink
