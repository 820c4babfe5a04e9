import { z } from 'zod'

/** An id or a whole number, which comes as number or as text. */
export const WireId = z.union([z.string().min(1), z.number()]).transform(String)
export const Count = z.coerce.number().int().catch(0)

/** Money: text with two or four digits, or a number (which `http` hands over as the text it was). Empty is none. */
export const Amount = z
  .union([z.string(), z.number()])
  .transform((value) => String(value).trim())
  .refine((text) => text === '' || /^-?\d+(\.\d+)?$/.test(text), 'a decimal number')

export const Text = z.string().nullish()

/** `{ data, meta: { pagination } }` of v3; the rows are parsed one by one. */
export const V3List = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ pagination: z.object({ total_pages: Count, current_page: Count }).optional() }).optional(),
})
export type V3List = z.infer<typeof V3List>

/** A list of v2. The end of a list is 204 without a body. */
export const V2List = z
  .union([z.array(z.unknown()), z.null(), z.undefined(), z.literal('')])
  .transform((rows) => rows || [])

/** What every row has, readable even where the row is not. */
export const RowId = z.object({ id: WireId })
