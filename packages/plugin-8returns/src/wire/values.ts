import { z } from 'zod'

/**
 * How single values are read. A field that is absent stays absent (it says nothing), `null` and blank text say "empty"; a detail
 * that cannot be read counts as absent, because it must not cost the return. Numbers come as the text the vendor wrote, or as numbers.
 */

const scalar = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])

/** Text, or null for none. */
export const text = scalar
  .nullable()
  .transform((value) => (value === null || value.trim() === '' ? null : value.trim()))
  .optional()
  .catch(undefined)

/** A text without which the record is nothing. */
export const requiredText = z.union([z.string(), z.number().transform(String)]).pipe(z.string().trim().min(1, 'empty'))

export const requiredQuantity = z.union([
  z.int().min(0),
  z
    .string()
    .trim()
    .regex(/^\d{1,9}(\.0+)?$/, 'a whole number')
    .transform(Number),
])

export const wholeNumber = z
  .union([
    z.int(),
    z
      .string()
      .trim()
      .regex(/^-?\d{1,15}(\.0+)?$/)
      .transform(Number),
  ])
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined)

export const flag = z
  .union([
    z.boolean(),
    z.enum(['true', '1', 'false', '0']).transform((word) => word === 'true' || word === '1'),
    z.union([z.literal(1), z.literal(0)]).transform((digit) => digit === 1),
  ])
  .nullable()
  .optional()
  .catch(undefined)
