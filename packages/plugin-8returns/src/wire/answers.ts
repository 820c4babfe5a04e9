import { z } from 'zod'
import { requiredText, text } from './values.ts'

const result = z.looseObject({ id: text, sku: requiredText, status: text, message: text }).transform((raw) => ({
  sku: raw.sku,
  /** `undefined` for a word that is neither: the return itself then has to tell. */
  succeeded: raw.status === 'success' ? true : raw.status === 'failure' ? false : undefined,
  message: raw.message ?? undefined,
}))
export type ItemResult = z.output<typeof result>

/** The answer to a booking: one result an item. `undefined` where it is anything else. */
export function parseItemResults(body: unknown): readonly ItemResult[] | undefined {
  const results = z.array(result).safeParse(body)
  return results.success ? results.data : undefined
}

const words = z.union([
  z.string(),
  z.array(z.string()).transform((each) => each.join('; ')),
  z
    .record(z.string(), z.union([z.string(), z.array(z.string()).transform((each) => each.join(' '))]))
    .transform((fields) =>
      Object.entries(fields)
        .map(([field, says]) => `${field}: ${says}`)
        .join('; '),
    ),
  z
    .array(z.looseObject({ message: text, detail: text, title: text }))
    .transform((each) => each.map((one) => one.message ?? one.detail ?? one.title ?? '').join('; ')),
])
const said = words.nullish().catch(undefined)

/** What an error body says in words; its form is not known, so the usual ones are read. */
export const errorWords = z
  .union([
    z.string(),
    z
      .looseObject({ error: said, errors: said, message: said, detail: said, title: said })
      .transform((raw) => [raw.error, raw.message, raw.errors, raw.title, raw.detail].filter(Boolean).join('; ')),
  ])
  .catch('')

/** True for an object that speaks of an error and is nothing else: some systems of this kind answer 200 with it. */
export const isErrorBody = (body: unknown): boolean =>
  z
    .union([z.looseObject({ error: z.unknown() }), z.looseObject({ errors: z.unknown() })])
    .refine((raw) => !('customer_return' in raw) && !('customer_returns' in raw) && !('id' in raw))
    .refine((raw) => ('error' in raw ? raw.error : raw.errors) !== null)
    .safeParse(body).success

const label = z
  .looseObject({
    id: text,
    status: text,
    carrier: text,
    tracking_number: text,
    tracking_url: text,
    label_url: text,
    qr_code_url: text,
    cost: text,
    currency: text,
  })
  .transform((raw) => ({
    id: raw.id ?? undefined,
    status: raw.status ?? undefined,
    carrier: raw.carrier ?? undefined,
    trackingNumber: raw.tracking_number ?? undefined,
    trackingUrl: raw.tracking_url ?? undefined,
    labelUrl: raw.label_url ?? undefined,
    qrUrl: raw.qr_code_url ?? undefined,
    cost: raw.cost ?? undefined,
    currency: raw.currency ?? undefined,
  }))
export type WireLabel = z.output<typeof label>
/** A label (assumed): in its envelope, or bare. */
export const WireLabelAnswer = z.union([z.looseObject({ label }).transform((raw) => raw.label), label])

/** Orders found (assumed): of each only what tells it apart. */
export const WireOrders = z
  .looseObject({
    orders: z.array(
      z
        .looseObject({ id: text, order_number: text, number: text, name: text })
        .transform((raw) => ({ id: raw.id ?? null, number: raw.order_number ?? raw.number ?? raw.name ?? null })),
    ),
  })
  .transform((raw) => raw.orders)
