import { z } from 'zod'

/** `http` hands numbers over as the text they were, so that no amount passes through a float; ids stay text. */
export const Count = z.union([z.string(), z.number()]).transform(Number).pipe(z.int())
export const Text = z.string().nullish()

/** A decimal string with its currency. Exponents and other forms are no money. */
export const WireMoney = z.object({
  amount: z
    .union([z.string(), z.number()])
    .transform((value) => String(value).trim())
    .pipe(z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number')),
  currencyCode: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'),
})
export type WireMoney = z.infer<typeof WireMoney>
