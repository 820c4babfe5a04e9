import { z } from 'zod'
import { Text } from './values.ts'

export const Participations = z.object({
  payload: z
    .array(
      z.object({
        marketplace: z.object({
          id: z.string(),
          countryCode: Text,
          name: Text,
          defaultCurrencyCode: Text,
          domainName: Text,
        }),
        participation: z.object({ isParticipating: z.boolean(), hasSuspendedListings: z.boolean() }),
        storeName: Text,
      }),
    )
    .optional(),
})
export type Participations = z.infer<typeof Participations>
