import type { Answer } from '@kontor/testkit/simulator'
import { html } from './answers.ts'
import { makeCode } from './token.ts'
import { APPLICATION_ID, SELLER_ID, type AmazonCall } from './world.ts'

/**
 * `GET /apps/authorize/consent` of Seller Central. The simulated seller consents at once: the answer leads to `redirect_uri` with the
 * state, the seller and a code. A wrong application and a missing state are told with Amazon's own codes.
 */
export function consent(call: AmazonCall): Answer {
  const { query } = call
  const redirectUri = query.get('redirect_uri')
  if (query.get('application_id') !== APPLICATION_ID) return html(400, 'MD1000')
  if (redirectUri === null || !URL.canParse(redirectUri)) return html(400, 'MD5101')
  const back = new URL(redirectUri)
  back.searchParams.set('state', query.get('state') ?? '')
  back.searchParams.set('selling_partner_id', SELLER_ID)
  back.searchParams.set('spapi_oauth_code', makeCode(call, SELLER_ID, redirectUri))
  return { status: 302, headers: { location: back.href } }
}
