import { z } from 'zod'

const word = (what: string): z.ZodString =>
  z.string().regex(/^[!-~]+$/, `${what}: one word without blanks or line breaks`)

/** What the API account file says, or single values of the same names. */
export const BigCommerceCredentials = z.strictObject({
  storeHash: z
    .string()
    .regex(/^[a-z0-9]+$/i, 'the store hash: the part behind /stores/ in the API path')
    .describe('The part behind /stores/ in the API path'),
  accessToken: word('the access token').describe('ACCESS TOKEN of the file'),
  clientId: word('the client id').optional().describe('CLIENT ID of the file'),
  clientSecret: word('the client secret')
    .optional()
    .describe('CLIENT SECRET of the file; without it webhooks are verified by our own secret alone'),
  name: z.string().optional().describe('NAME or CLIENT NAME of the file').meta({ secret: false }),
})
export type BigCommerceCredentials = z.infer<typeof BigCommerceCredentials>
