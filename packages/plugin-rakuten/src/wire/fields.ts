import { z } from 'zod'

/** An element's text; an empty or missing element is `undefined`: it says nothing. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)

/** An id: digits or letters, never a number of ours. */
export const id = z.string().min(1).max(100)

/** An amount as text with a point (some answers write a comma), never through a float. */
export const Amount = z.object({
  amount: z
    .string()
    .regex(/^-?\d{1,15}([.,]\d{1,6})?$/, 'an amount, e.g. 23.9')
    .transform((value) => value.replace(',', '.')),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency code'),
})
export type Amount = z.infer<typeof Amount>
/** An amount that may be missing or empty. */
export const amountOrNothing = z
  .union([Amount, z.object({ amount: z.null().optional() })])
  .nullish()
  .transform((value): Amount | undefined =>
    value != null && 'currency' in value && value.amount !== null ? value : undefined,
  )

/** Y/N, true/false, 0/1 in any case; what is none of these is `undefined`. */
export const flag = z
  .string()
  .nullish()
  .transform((value): boolean | undefined => {
    const folded = value?.toLowerCase()
    if (folded === 'y' || folded === 'yes' || folded === 'oui' || folded === 'true' || folded === '1') return true
    return folded === 'n' || folded === 'no' || folded === 'non' || folded === 'false' || folded === '0'
      ? false
      : undefined
  })

/** A repeatable element: none, one or several become a list. */
export const many = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]),
    z.array(schema),
  )

/** The list inside a wrapper element: `<items><item/><item/></items>`; an empty or missing wrapper is an empty list. */
export const listIn = <S extends z.ZodType>(name: string, schema: S) =>
  z.preprocess((value) => (isRecord(value) ? value[name] : undefined), many(schema))

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
