import { z } from 'zod'
import { marketplaces } from '../marketplaces.ts'
import { type AmazonScene, type Issue, type Listing } from '../world.ts'
import { makeListing } from './listing.ts'

export const Patch = z.object({
  op: z.enum(['add', 'replace', 'merge', 'delete']),
  path: z.string(),
  value: z.array(z.record(z.string(), z.unknown())).optional(),
})
export type Patch = z.output<typeof Patch>

const Offer = z.looseObject({
  marketplace_id: z.string(),
  currency: z.string().optional(),
  audience: z.string().default('ALL'),
  our_price: z
    .array(z.looseObject({ schedule: z.array(z.looseObject({ value_with_tax: z.number() })).min(1) }))
    .min(1)
    .optional(),
})
const Availability = z.looseObject({ fulfillment_channel_code: z.string(), quantity: z.int().min(0).optional() })

const problem = (code: string, message: string, attribute: string, category = 'INVALID_ATTRIBUTE'): Issue => ({
  code,
  message,
  severity: 'ERROR',
  attributeNames: [attribute],
  categories: [category],
})

/** What is wrong with patches of a SKU; nothing when they can be taken. */
export function problemsOf(scene: AmazonScene, sku: string, patches: readonly Patch[]): Issue[] {
  const listing = scene.world.listings.get(sku)
  if (listing === undefined && scene.options.unknownSku === 'invalid')
    return [problem('13013', 'This SKU does not exist in the Amazon catalog.', 'sku', 'MISSING_ATTRIBUTE')]
  return patches.flatMap((patch) => problemsOfPatch(listing, patch))
}

function problemsOfPatch(listing: Listing | undefined, { path, value = [] }: Patch): Issue[] {
  const attribute = /^\/attributes\/(\w+)$/.exec(path)?.[1]
  if (attribute === undefined) return [problem('4000003', `The path ${path} is not a top-level attribute.`, path)]
  if (attribute === 'fulfillment_availability') return value.flatMap((one) => problemsOfStock(listing, one))
  if (attribute === 'purchasable_offer') return value.flatMap(problemsOfOffer)
  return []
}

function problemsOfStock(listing: Listing | undefined, value: unknown): Issue[] {
  const parsed = Availability.safeParse(value)
  if (!parsed.success)
    return [
      problem('90002', "The field 'quantity' must be a whole number that is not negative.", 'fulfillment_availability'),
    ]
  const own = parsed.data.fulfillment_channel_code === 'DEFAULT'
  if (parsed.data.quantity !== undefined && (!own || listing?.fba !== undefined))
    return [problem('90244', 'The quantity of what Amazon fulfills cannot be set.', 'fulfillment_availability')]
  return []
}

function problemsOfOffer(value: unknown): Issue[] {
  const parsed = Offer.safeParse(value)
  if (!parsed.success)
    return [
      problem(
        '99022',
        "The attribute 'purchasable_offer' does not have enough values.",
        'purchasable_offer',
        'MISSING_ATTRIBUTE',
      ),
    ]
  const { marketplace_id, currency, our_price } = parsed.data
  const marketplace = marketplaces.find(({ id }) => id === marketplace_id)
  if (marketplace === undefined) return [problem('90003', 'The marketplace_id is not valid.', 'purchasable_offer')]
  if (currency !== undefined && currency !== marketplace.currency)
    return [problem('90004', `The currency must be ${marketplace.currency}.`, 'purchasable_offer')]
  const prices = (our_price ?? []).flatMap(({ schedule }) => schedule.map(({ value_with_tax }) => value_with_tax))
  return prices.some((price) => price <= 0)
    ? [problem('90005', "The field 'value_with_tax' must be greater than 0.", 'purchasable_offer')]
    : []
}

/** Which instances of an attribute are the same one: what `merge` changes and `replace` takes out. */
const selectors: Readonly<Record<string, readonly string[]>> = {
  purchasable_offer: ['marketplace_id', 'currency', 'audience'],
  fulfillment_availability: ['fulfillment_channel_code'],
}

/** Does what patches say. `replace` takes out all that the marketplace had of the attribute, a sale or a business price included. */
export function applyPatches(scene: AmazonScene, sku: string, patches: readonly Patch[]): void {
  const known = scene.world.listings.get(sku)
  const listing = known ?? makeListing(scene, { sku, quantity: 0 })
  if (known === undefined) {
    listing.incomplete = true
    scene.truth.add('listing-incomplete', sku)
  }
  const before = { stock: stockOf(listing), prices: pricesOf(listing) }
  for (const patch of patches) applyPatch(listing, patch)
  listing.updated = scene.clock.now()
  const stock = stockOf(listing)
  if (stock !== before.stock) scene.truth.add('stock', sku, stock)
  for (const [marketplaceId, price] of pricesOf(listing))
    if (before.prices.get(marketplaceId) !== price) scene.truth.add('price', `${sku}@${marketplaceId}`, price)
}

function applyPatch(listing: Listing, { op, path, value = [] }: Patch): void {
  const attribute = path.replace('/attributes/', '')
  const instances = (listing.attributes[attribute] ?? []).filter(isObject)
  const keys = selectors[attribute] ?? ['marketplace_id']
  if (op === 'merge') {
    for (const one of value) {
      const found = instances.find((instance) => isSame(instance, one, keys))
      if (found === undefined) instances.push({ ...one })
      else Object.assign(found, one)
    }
    listing.attributes[attribute] = instances
    return
  }
  // Stock has no marketplace, so all of it is replaced.
  const others = instances.filter((instance) => !value.some((one) => isSame(instance, one, ['marketplace_id'])))
  listing.attributes[attribute] = op === 'delete' ? others : [...others, ...value.map((one) => ({ ...one }))]
}

const isSame = (left: object, right: object, by: readonly string[]): boolean =>
  by.every((key) => valueOf(left, key) === valueOf(right, key))
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
/** An offer without an audience is for all. */
const valueOf = (instance: object, key: string): unknown =>
  Reflect.get(instance, key) ?? (key === 'audience' ? 'ALL' : undefined)

/** `DEFAULT`, or Amazon's. */
export const channelsOf = ({ attributes }: Listing): string[] =>
  (attributes['fulfillment_availability'] ?? []).flatMap(
    (one) => Availability.safeParse(one).data?.fulfillment_channel_code ?? [],
  )

/** Own stock; undefined for what Amazon fulfills. */
export function stockOf({ attributes }: Listing): number | undefined {
  return (attributes['fulfillment_availability'] ?? [])
    .map((one) => Availability.safeParse(one).data)
    .find((one) => one?.fulfillment_channel_code === 'DEFAULT')?.quantity
}

/** Prices for all, with tax, by marketplace. */
export function pricesOf({ attributes }: Listing): Map<string, number> {
  const offers = (attributes['purchasable_offer'] ?? []).map((one) => Offer.safeParse(one).data)
  return new Map(
    offers.flatMap((offer) => {
      const price = offer?.our_price?.[0]?.schedule[0]?.value_with_tax
      return offer?.audience === 'ALL' && price !== undefined ? [[offer.marketplace_id, price] as const] : []
    }),
  )
}
