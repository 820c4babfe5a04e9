import { z } from 'zod'
import { Text } from './values.ts'

export const NewReport = z.object({ reportId: z.string().min(1) })
/** IN_QUEUE, IN_PROGRESS, DONE, FATAL; CANCELLED mostly means that there is nothing to report. */
export const Report = z.object({ reportId: z.string(), processingStatus: z.string(), reportDocumentId: Text })
export type Report = z.infer<typeof Report>
