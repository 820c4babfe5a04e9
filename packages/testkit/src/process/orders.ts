import { z } from 'zod'
import type { PreparedWish } from '../host/desk-rows.ts'

/** What a child process is to do; on its standard input, as JSON. */
const ChildOrdersSchema = z.object({
  /** Address of the module that exports the plugin as its default. */
  module: z.string(),
  connection: z.object({ config: z.unknown(), credentials: z.unknown().optional() }),
  /** The system's time now, and how fast it runs. */
  clock: z.object({ startsAt: z.number(), rate: z.number() }),
  /** JSON Lines: what earlier processes have kept. */
  file: z.string(),
  /** The number of the point at which it kills itself. */
  dieAt: z.int().positive().optional(),
  work: z.discriminatedUnion('is', [
    z.object({ is: z.literal('deliver'), writer: z.string(), wishes: z.array(z.custom<PreparedWish>()) }),
    z.object({ is: z.literal('read'), reader: z.string(), since: z.string() }),
  ]),
})
export type ChildOrders = z.output<typeof ChildOrdersSchema>

export const parseOrders = (text: string): ChildOrders => ChildOrdersSchema.parse(JSON.parse(text))

/** What a child says on its standard output when its plugin is connected and its work begins. */
export const READY = '{"ready":true}\n'
