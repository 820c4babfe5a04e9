import { z } from 'zod'
import type { PreparedWish } from '../host/desk-rows.ts'

/** What a child process is to do; the first line of its standard input, as JSON. */
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

/** What a child says, a line of its standard output each. */
export const SaidSchema = z.union([
  /** Its plugin is connected and its work begins. */
  z.object({ ready: z.literal(true) }),
  /** It has nothing to do for so long, and goes on when it gets an empty line: by then the system's time has gone on by as much. */
  z.object({ restMs: z.number().positive() }),
  /** It has come to its end, and passed these points. */
  z.object({ points: z.array(z.string()) }),
])
export type Said = z.output<typeof SaidSchema>
