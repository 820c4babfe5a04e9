import { z } from 'zod'

/** Which requests a fault touches; all conditions must hold. The counts are of requests that fit the conditions before them. */
const FaultMatchSchema = z.strictObject({
  method: z.string().optional().describe('GET, POST, ...'),
  path: z.string().optional().describe('a path pattern: /ws/orders/:id, /ws/*, /sales_ws?action=getnewsales'),
  body: z.string().optional().describe('text that the request body contains'),
  nth: z.int().positive().optional().describe('only the nth fitting request'),
  every: z.int().positive().optional().describe('each so-many-th fitting request'),
  times: z.int().positive().optional().describe('at most so often'),
  probability: z.number().min(0).max(1).optional().describe('by chance, from the seed'),
})

const headers = z.record(z.string(), z.string()).optional()
const body = z.union([z.string(), z.json()]).optional().describe('text as it is, anything else as JSON')
const effect = z.boolean().default(false).describe('true: what was asked for happens all the same')
const ms = z.number().nonnegative()

/** One row per kind of fault. Times are simulated milliseconds, but for `slowBody`, which is about the wire. */
const FaultActionSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('status'), status: z.int().min(100).max(599), headers, body, effect }),
  z.strictObject({
    do: z.literal('html'),
    status: z.int().min(200).max(599).default(502),
    headers,
    body: z.string().optional(),
    effect,
  }),
  z.strictObject({
    do: z.literal('throttle'),
    retryAfterSeconds: z.number().nonnegative().optional().describe('absent: no Retry-After header'),
    form: z.enum(['seconds', 'date']).default('seconds'),
    headers,
    body,
  }),
  z.strictObject({
    do: z.literal('delay'),
    ms,
    effect: effect.describe('true: the effect comes first, only the answer is late'),
  }),
  z.strictObject({ do: z.literal('hang'), effect }),
  z.strictObject({ do: z.literal('reset') }),
  z.strictObject({ do: z.literal('dropAnswer') }),
  z.strictObject({ do: z.literal('lateEffect'), ms, status: z.int().min(200).max(599).default(202), headers, body }),
  z.strictObject({
    do: z.literal('partial').describe('half of what was asked for happens: of each list in a JSON body its first half'),
    status: z.int().min(200).max(599).default(500),
    headers,
    body,
  }),
  z.strictObject({ do: z.literal('cutBody') }),
  z.strictObject({
    do: z.literal('slowBody'),
    chunks: z.int().min(2).default(8),
    pauseMs: ms.default(20).describe('real milliseconds'),
  }),
  z.strictObject({ do: z.literal('splitUtf8') }),
  z.strictObject({ do: z.literal('hugeBody'), bytes: z.int().positive() }),
])

export type FaultMatch = z.input<typeof FaultMatchSchema>
export type FaultAction = z.output<typeof FaultActionSchema>
export type FaultName = FaultAction['do']

/** A fault as it is written. */
export type FaultInput = { match?: FaultMatch } & z.input<typeof FaultActionSchema>

export interface Fault {
  readonly match: FaultMatch
  readonly action: FaultAction
}

/** Throws a `ZodError` that names what does not fit. */
export function parseFault(input: unknown): Fault {
  const { match, ...action } = z.looseObject({ match: FaultMatchSchema.default({}) }).parse(input)
  return { match, action: FaultActionSchema.parse(action) }
}

/** Throws a `ZodError` unless the value is a fault. */
export function assertFault(value: unknown): asserts value is FaultInput {
  parseFault(value)
}
