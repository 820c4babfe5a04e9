import { z } from 'zod'
import { Text } from './values.ts'

export const NewDocument = z.object({ feedDocumentId: z.string().min(1), url: z.string() })
export const NewFeed = z.object({ feedId: z.string().min(1) })
export const Feed = z.object({
  feedId: z.string(),
  feedType: z.string(),
  processingStatus: z.string(),
  resultFeedDocumentId: Text,
  createdTime: Text,
})
export type Feed = z.infer<typeof Feed>
export const FeedList = z.object({ feeds: z.array(z.unknown()) })
/** Where a document lies for five minutes, and whether it is packed. Of feeds and of reports. */
export const DocumentAddress = z.object({ url: z.string(), compressionAlgorithm: Text })
