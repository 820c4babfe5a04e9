import { broken, shipping } from '../variant.ts'

/** In the module of its own that real processes need. */
export const doneTooSoon = broken('says done and has not sent yet', 'processes/writer-killed:shipments.shipments', {
  module: import.meta.url,
  parts: shipping((right) => ({
    async *write(batch, signal) {
      for (const delivery of batch) {
        yield { key: delivery.key, is: 'done' }
        for await (const _ of right.write([delivery], signal)) continue
      }
    },
  })),
})
export default doneTooSoon.plugin
