import { definePlugin } from '@kontor/core'
import { z } from 'zod'

const nothing = { async *read() {} }
const never = { async *write() {} }

/** A warehouse that exists for tests, without credentials. */
export const depot = definePlugin({
  id: 'depot',
  title: 'Test depot',
  apiVersion: 1,
  description: 'A warehouse that exists for tests.',
  config: z.strictObject({ folder: z.string().default('./depot') }),
  readers: { inbox: { yields: ['shipments', 'decisions', 'stock', 'receipts', 'prices'], checkpoint: z.object({}) } },
  writers: { outbox: { takes: ['orders', 'returns', 'stock', 'points'], again: 'safe' } },
  create: () => ({ check: async () => ({ problems: [] }), readers: { inbox: nothing }, writers: { outbox: never } }),
})
export default depot
