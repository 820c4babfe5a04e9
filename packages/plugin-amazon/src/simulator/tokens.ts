import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { failure } from './answers.ts'
import { HOUR, type AmazonCall } from './world.ts'

const Request = z.object({
  targetApplication: z.string().optional(),
  restrictedResources: z
    .array(
      z.object({
        method: z.enum(['GET', 'PUT', 'POST', 'DELETE']),
        path: z.string().startsWith('/'),
        dataElements: z.array(z.enum(['buyerInfo', 'shippingAddress', 'buyerTaxInformation'])).optional(),
      }),
    )
    .min(1)
    .max(50),
})

/** `POST /tokens/2021-03-01/restrictedDataToken`: good for an hour and for the paths named, in place of the access token. */
export function createRestrictedDataToken(call: AmazonCall): Answer {
  const { world, clock, random, headers } = call
  const parsed = Request.safeParse(call.json())
  const base = world.accessTokens.get(headers['x-amz-access-token'] ?? '')
  if (!parsed.success || base === undefined)
    return failure(400, 'InvalidRequest', 'Request is missing or has invalid parameters', 'Resource not provided.')
  const token = `Atz.sprdt|${base.authorization?.sellerId ?? ''}.${random.hex(32)}`
  const paths = parsed.data.restrictedResources.map(({ path }) => path)
  world.restrictedTokens.set(token, { expiresAt: clock.now() + HOUR, paths, base })
  return { json: { restrictedDataToken: token, expiresIn: 3600 } }
}
