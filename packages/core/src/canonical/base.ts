import { z } from 'zod'
import { Extensions, Id, Instant, told } from './primitives.ts'

/** Names of all entities, in the order in which a lane delivers them. */
export const entities = [
  'products',
  'orders',
  'decisions',
  'shipments',
  'invoices',
  'returns',
  'receipts',
  'refunds',
  'points',
  'coupons',
  'stock',
  'prices',
  'payouts',
] as const
export type Entity = (typeof entities)[number]
export const EntitySchema = z.enum(entities)

/**
 * What a record is about, as precisely as its system knows it. `key` is Kontor's own (`bm-eu/5978`) and always wins;
 * `id` is an id in the system that told the record; `number` is what people read on paper.
 */
export const About = z.object({
  entity: z.enum(['orders', 'returns']).default('orders'),
  key: z.string().min(3).max(400).optional(),
  id: Id.optional(),
  number: z.string().min(1).max(200).optional(),
})
export type About = z.infer<typeof About>

/**
 * What every record begins with.
 * - `id`: unique for its entity in the account it was read from
 * - `version`: the vendor's own, an instant or a whole number as text; the greater one wins a merge
 * - `numbers`: what people call it; used to match what others tell about it
 */
export const base = <const E extends Entity>(entity: E) => ({
  entity: z.literal(entity),
  id: Id,
  version: z.string().max(100).optional(),
  numbers: told(z.array(z.string().min(1).max(200)).max(20)),
  /** True where the vendor's own test or sandbox flag says so. */
  test: told(z.boolean()),
  /** Things a person should know before relying on this record, in the words of {@link flags}. */
  flags: told(z.array(z.string().max(100)).max(50)),
  /** When a retention rule or an erasure request emptied the personal fields. What is told later about them is not taken up any more. */
  redactedAt: told(Instant),
  extensions: told(Extensions),
})
