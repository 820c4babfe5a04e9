import { z } from 'zod'

/**
 * Where reading stands: in which file, known by its content, behind which row. `finished`: all rows are stored and the file has still to
 * be moved. `null`: between files.
 */
export const InboxCheckpoint = z.object({
  at: z
    .object({
      file: z.string(),
      sha256: z.string(),
      row: z.int().nonnegative(),
      good: z.int().nonnegative(),
      bad: z.int().nonnegative(),
      finished: z.boolean(),
    })
    .nullable(),
})
export type InboxCheckpoint = z.output<typeof InboxCheckpoint>
export type Position = NonNullable<InboxCheckpoint['at']>
