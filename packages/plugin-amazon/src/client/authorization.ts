import { randomBytes, timingSafeEqual } from 'node:crypto'
import { KontorError, type Clock, type Http } from '@kontor/core'
import { exchangeCode } from './tokens.ts'
import type { AmazonConfig, AmazonCredentials } from '../config.ts'
import { marketplaces, type CountryCode } from '../tables/index.ts'

/**
 * The website authorization workflow (developer-docs.amazon.com/sp-api, 2026-08), for a public app whose makers let sellers consent on their
 * own page. A private app needs none of it: its owner authorizes it in Seller Central.
 */
export interface ConsentWish {
  /** `amzn1.sp.solution.…`, not the client id. */
  applicationId: string
  /** Whose Seller Central: one consent covers all marketplaces of a unified account. */
  country: CountryCode
  /** Must be registered with the app, letter for letter. */
  redirect: string
  state: string
  /** While the app is a draft. */
  draft?: boolean
  /** For the simulator. */
  baseUrl?: string
}

/** A new state: 192 bits by chance. Keep it with the session of the seller, and use it once. */
export const newState = (): string => randomBytes(24).toString('base64url')

/** Where the seller gives consent. Send the page with `Referrer-Policy: no-referrer`. */
export function consentUrl({ applicationId, country, redirect, state, draft, baseUrl }: ConsentWish): string {
  const url = new URL('/apps/authorize/consent', baseUrl ?? `https://${marketplaces[country].sellerCentral}`)
  url.searchParams.set('application_id', applicationId)
  url.searchParams.set('state', state)
  url.searchParams.set('redirect_uri', redirect)
  if (draft) url.searchParams.set('version', 'beta')
  return url.href
}

export interface Authorized {
  /** They take the place of those before: an older refresh token runs out on its own day. */
  credentials: AmazonCredentials
  config: Required<Pick<AmazonConfig, 'sellerId' | 'authorizedOn'>>
}

/**
 * Takes what Amazon sent the seller back with, and exchanges the code at once: it holds for five minutes and once.
 * @throws AUTH_INVALID for another state or no consent; AUTH_EXPIRED for a code that is too old or used; ACCOUNT_CHANGED for another seller than
 * `sellerId`, so that renewing never mixes two accounts
 */
export async function completeAuthorization(
  query: URLSearchParams,
  wish: {
    state: string
    redirect: string
    clientId: string
    clientSecret: string
    /** At renewal: whose authorization it must be. */
    sellerId?: string
    baseUrl?: string
    http: Http
    clock: Clock
    signal: AbortSignal
  },
): Promise<Authorized> {
  if (!isSame(query.get('state') ?? '', wish.state))
    throw new KontorError('AUTH_INVALID', {
      message:
        'The answer of Amazon belongs to another request for consent (its state differs). Nothing was stored; begin anew.',
    })
  const [code, sellerId] = [query.get('spapi_oauth_code'), query.get('selling_partner_id')]
  if (!code || !sellerId)
    throw new KontorError('AUTH_INVALID', {
      message:
        'Amazon sent the seller back without a code: consent was not given. MD1000 means a draft app (add version=beta), MD5101 a redirect address that is not registered.',
    })
  if (wish.sellerId !== undefined && wish.sellerId !== sellerId)
    throw new KontorError('ACCOUNT_CHANGED', {
      message: `Consent was given for the account ${sellerId}, and the connection is of ${wish.sellerId}. Sign out of every Seller Central, sign in to the right one, and begin anew.`,
      key: 'config.sellerId',
    })
  const { clientId, clientSecret, redirect } = wish
  const config = wish.baseUrl === undefined ? {} : { baseUrl: wish.baseUrl }
  const { refreshToken } = await exchangeCode(
    { code, redirect, clientId, clientSecret },
    config,
    wish.http,
    wish.signal,
  )
  return {
    credentials: { clientId, clientSecret, refreshToken },
    config: { sellerId, authorizedOn: new Date(wish.clock.now()).toISOString().slice(0, 10) },
  }
}

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right)
}
