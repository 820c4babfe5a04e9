import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { callerOf } from '../access.ts'
import { denied, failure } from '../answers.ts'
import { marketplaceAt, money } from '../marketplaces.ts'
import { listIn, marketplacesIn } from '../orders/query.ts'
import { iso, type AmazonCall, type Listing } from '../world.ts'
import { applyPatches, channelsOf, Patch, pricesOf, problemsOf, stockOf } from './patch.ts'

const parts = [
  'summaries',
  'attributes',
  'issues',
  'offers',
  'fulfillmentAvailability',
  'procurement',
  'relationships',
  'productTypes',
] as const

const badRequest = (details: string): Answer => failure(400, 'BAD_REQUEST', 'Invalid input', details)

const PatchRequest = z.object({ productType: z.string().min(1), patches: z.array(Patch).min(1) })

function marketplacesOf(call: AmazonCall, sellerId: string): ReadonlySet<string> | undefined {
  if (sellerId !== callerOf(call).sellerId) return denied()
  return marketplacesIn(call, 25)
}

/** `PATCH /listings/2021-08-01/items/{sellerId}/{sku}`: 200 also for what is not taken, with status INVALID. */
export function patchListing(call: AmazonCall, sellerId: string, sku: string): Answer {
  const { query, random, clock, options } = call
  if (marketplacesOf(call, sellerId) === undefined) return badRequest('marketplaceIds is required')
  const parsed = PatchRequest.safeParse(call.json())
  if (!parsed.success) return badRequest(`Invalid ${parsed.error.issues[0]?.path.join('.') ?? 'body'}`)
  const mode = query.get('mode')
  if (mode !== null && mode !== 'VALIDATION_PREVIEW') return badRequest('Invalid mode')
  const { patches } = parsed.data
  const issues = problemsOf(call, sku, patches)
  const preview = mode === 'VALIDATION_PREVIEW'
  if (issues.length === 0 && !preview) {
    call.truth.add('patch', sku, patches)
    if (options.listingDelay === 0) applyPatches(call, sku, patches)
    else clock.after(options.listingDelay, () => applyPatches(call, sku, patches))
  }
  const status = issues.length > 0 ? 'INVALID' : preview ? 'VALID' : 'ACCEPTED'
  return { json: { sku, status, submissionId: random.uuid(), issues } }
}

export function getListing(call: AmazonCall, sellerId: string, sku: string): Answer {
  const wanted = marketplacesOf(call, sellerId)
  if (wanted === undefined) return badRequest('marketplaceIds is required')
  const asked = partsIn(call.query)
  if (asked === undefined) return badRequest('Invalid includedData')
  const listing = call.world.listings.get(sku)
  if (listing === undefined) return failure(404, 'NOT_FOUND', `SKU '${sku}' not found in marketplace`)
  return { json: listingJson(listing, wanted, asked) }
}

/** `GET /listings/2021-08-01/items/{sellerId}`, by SKU or all; never more than a thousand. */
export function searchListings(call: AmazonCall, sellerId: string): Answer {
  const { query, world } = call
  const wanted = marketplacesOf(call, sellerId)
  if (wanted === undefined) return badRequest('marketplaceIds is required')
  const asked = partsIn(query)
  const size = Number(query.get('pageSize') ?? 10)
  const skus = listIn(query, 'identifiers')
  if (
    asked === undefined ||
    !(size >= 1 && size <= 20) ||
    (skus !== undefined && query.get('identifiersType') !== 'SKU')
  )
    return badRequest('Invalid input')
  const found = [...world.listings.values()]
    .filter(({ sku }) => skus === undefined || skus.includes(sku))
    .slice(0, 1000)
  // A token of another name than the one that is read begins anew, for ever (models#4544).
  const start = Number(query.get('pageToken')?.replace('page-', '') ?? 0)
  const page = found.slice(start, start + size)
  const more = start + size < found.length
  return {
    json: {
      numberOfResults: found.length,
      ...(more ? { pagination: { nextToken: `page-${start + size}` } } : {}),
      items: page.map((listing) => listingJson(listing, wanted, asked)),
    },
  }
}

function partsIn(query: URLSearchParams): readonly (typeof parts)[number][] | undefined {
  const asked = listIn(query, 'includedData') ?? ['summaries']
  const known = parts.filter((part) => asked.includes(part))
  return known.length === asked.length ? known : undefined
}

function listingJson(listing: Listing, wanted: ReadonlySet<string>, asked: readonly (typeof parts)[number][]) {
  const { sku, asin, title, productType, attributes } = listing
  const prices = [...pricesOf(listing)].filter(([id]) => wanted.has(id))
  const stock = stockOf(listing)
  const all: Record<(typeof parts)[number], unknown> = {
    summaries: [...wanted].map((marketplaceId) => ({
      marketplaceId,
      ...(listing.incomplete ? {} : { asin }),
      productType,
      conditionType: 'new_new',
      status: listing.incomplete || stock === 0 ? [] : ['BUYABLE', 'DISCOVERABLE'],
      itemName: title,
      createdDate: iso(listing.created),
      lastUpdatedDate: iso(listing.updated),
    })),
    attributes,
    issues: listing.issues,
    offers: prices.map(([marketplaceId, price]) => {
      const { currency } = marketplaceAt(marketplaceId)
      const smallest = Math.round(price * (currency === 'JPY' ? 1 : 100))
      return { marketplaceId, offerType: 'B2C', price: money(smallest, currency), audience: { value: 'ALL' } }
    }),
    fulfillmentAvailability: channelsOf(listing).map((fulfillmentChannelCode) => ({
      fulfillmentChannelCode,
      ...(fulfillmentChannelCode === 'DEFAULT' && stock !== undefined ? { quantity: stock } : {}),
    })),
    procurement: [],
    relationships: [],
    productTypes: [...wanted].map((marketplaceId) => ({ marketplaceId, productType })),
  }
  return { sku, ...Object.fromEntries(asked.map((part) => [part, all[part]])) }
}
