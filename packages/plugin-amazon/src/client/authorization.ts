import { randomBytes, timingSafeEqual } from 'node:crypto'
import { KontorError, type Clock, type Http, type OAuthCredentials } from '@kontor/core'
import { exchangeCode } from './tokens.ts'
import { AmazonCredentials, homeOf, type AmazonConfig } from '../config.ts'
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

/** What Amazon's answer to a request for consent is exchanged with. */
interface Exchange {
  redirect: string
  clientId: string
  clientSecret: string
  /** At renewal: whose authorization it must be. */
  sellerId?: string
  baseUrl?: string | undefined
  http: Http
  signal: AbortSignal
}

/**
 * Takes what Amazon sent the seller back with, and exchanges the code at once: it holds for five minutes and once.
 * @throws AUTH_INVALID for another state or no consent; AUTH_EXPIRED for a code that is too old or used; ACCOUNT_CHANGED for another seller than
 * `sellerId`, so that renewing never mixes two accounts
 */
export async function completeAuthorization(
  query: URLSearchParams,
  wish: Exchange & { state: string; clock: Clock },
): Promise<Authorized> {
  if (!isSame(query.get('state') ?? '', wish.state))
    throw new KontorError('AUTH_INVALID', {
      message:
        'The answer of Amazon belongs to another request for consent (its state differs). Nothing was stored; begin anew.',
    })
  const { credentials, sellerId } = await exchangeAnswer(query, wish)
  return { credentials, config: { sellerId, authorizedOn: new Date(wish.clock.now()).toISOString().slice(0, 10) } }
}

/** The same for an answer whose state was checked. */
async function exchangeAnswer(
  query: URLSearchParams,
  { redirect, clientId, clientSecret, sellerId: expected, baseUrl, http, signal }: Exchange,
): Promise<{ credentials: AmazonCredentials; sellerId: string }> {
  const [code, sellerId] = [query.get('spapi_oauth_code'), query.get('selling_partner_id')]
  if (!code || !sellerId)
    throw new KontorError('AUTH_INVALID', {
      message:
        'Amazon sent the seller back without a code: consent was not given. MD1000 means a draft app (add version=beta), MD5101 a redirect address that is not registered.',
    })
  if (expected !== undefined && expected !== sellerId)
    throw new KontorError('ACCOUNT_CHANGED', {
      message: `Consent was given for the account ${sellerId}, and the connection is of ${expected}. Sign out of every Seller Central, sign in to the right one, and begin anew.`,
      key: 'config.sellerId',
    })
  const { refreshToken } = await exchangeCode(
    { code, redirect, clientId, clientSecret },
    baseUrl === undefined ? {} : { baseUrl },
    http,
    signal,
  )
  return { credentials: { clientId, clientSecret, refreshToken }, sellerId }
}

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right)
}

/** The same for `kontor connect --consent`: what is known beside it stays. */
export const consent: NonNullable<OAuthCredentials<typeof AmazonCredentials, typeof AmazonConfig>['consent']> = {
  brings: ['refreshToken'],
  url({ config, state, redirect }) {
    const { applicationId, draftApp: draft, baseUrl } = config
    if (applicationId === undefined)
      throw new KontorError('CONFIG_INVALID', {
        message:
          'Consent in the browser is for a public app, and config.applicationId is missing. A private app is authorized in Seller Central, and its refresh token is entered.',
        key: 'config.applicationId',
      })
    const wish = { applicationId, country: homeOf(config), redirect, state, draft }
    return consentUrl(baseUrl === undefined ? wish : { ...wish, baseUrl })
  },
  async exchange({ query, config, known, http, redirect, signal }) {
    const client = AmazonCredentials.omit({ refreshToken: true }).parse(known)
    const { sellerId, baseUrl } = config
    const { credentials } = await exchangeAnswer(query, { ...client, sellerId, baseUrl, redirect, http, signal })
    return { ...client, ...credentials }
  },
}
