import { z } from 'zod'

/** Times are the vendor's own text, so that no digit of them is lost. */
const vendorTime = z.string().min(1).max(100)

export const ReturnsCheckpoint = z.strictObject({
  /** Greatest change time on page 1 of the last complete scan: whatever changed later comes again. */
  highWater: vendorTime.optional(),
  /** When the list was last read to its end, whatever its order. */
  sweptAt: z.int().nonnegative().optional(),
  /** A scan that is not complete. */
  scan: z
    .strictObject({
      /** Page to read next. At any age the rows of earlier pages can only have moved to later pages, or to page 1, newer than `top`. */
      page: z.int().positive(),
      /** What becomes `highWater` when it is complete. */
      top: vendorTime.optional(),
      /** `all`: to the end of the list, whatever the order; `newest`: until what is old enough. */
      reach: z.enum(['newest', 'all']),
    })
    .optional(),
})
export type ReturnsCheckpoint = z.output<typeof ReturnsCheckpoint>
