import { refuse, routesFor, type Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { doubled, listOf, v3Error, v3Page } from '../answers.ts'
import { rfc3339, variantJson } from '../json.ts'
import type { Options } from '../options.ts'
import { wholeSeconds, type Variant, type World } from '../world.ts'

const route = routesFor<World, Options>()
const v3 = '/stores/:store/v3'

const VariantPrices = z.array(
  z.object({
    id: z.number().int(),
    price: z.number().nullable().optional(),
    sale_price: z.number().nullable().optional(),
  }),
)
const Records = z.array(
  z.object({ sku: z.string(), currency: z.string(), price: z.number(), sale_price: z.number().nullable() }),
)
const Adjustment = z.object({
  reason: z.string().optional(),
  items: z.array(z.object({ location_id: z.number().int(), sku: z.string(), quantity: z.number().int() })).min(1),
})

const problem = (title: string): Answer => ({
  ...v3Error(422, title),
  headers: { 'content-type': 'application/problem+json' },
})
const hundredths = (amount: number | null | undefined): number | null =>
  amount === undefined || amount === null ? null : Math.round(amount * 100)
const bySku = (world: World, sku: string): Variant | undefined => world.variants.find((variant) => variant.sku === sku)

function productJson(variant: Variant): Record<string, unknown> {
  return {
    id: variant.productId,
    name: variant.damaged ? 7 : variant.name,
    type: 'physical',
    sku: variant.sku,
    upc: '',
    gtin: '',
    weight: 0.5,
    price: (variant.price ?? 0) / 100,
    condition: variant.condition,
    is_visible: true,
    date_modified: rfc3339(variant.modified),
    variants: [variantJson(variant)],
  }
}

export const catalogRoutes = [
  route.get(`${v3}/catalog/products`, ({ world, query }) => {
    const from = Date.parse(query.get('date_modified:min') ?? '')
    const found = world.variants.filter(({ modified }) => Number.isNaN(from) || modified >= wholeSeconds(from))
    return v3Page(doubled(found, world).map(productJson), query)
  }),

  route.get(`${v3}/catalog/variants`, ({ world, query }) => {
    const sku = query.get('sku')
    return v3Page(
      doubled(
        world.variants.filter((variant) => sku === null || variant.sku === sku),
        world,
      ).map(variantJson),
      query,
    )
  }),

  route.put(`${v3}/catalog/variants`, ({ world, json, truth, clock }) => {
    const rows = json(VariantPrices)
    if (rows.length > 50) return v3Error(413, 'The request has more than 50 variants.')
    const changed = rows.map((row) => {
      const variant = world.variants.find(({ id }) => id === row.id)
      if (variant === undefined)
        return refuse({
          status: 422,
          json: {
            batch_errors: [{ status: 422, title: 'Variant not found', type: '', errors: { id: String(row.id) } }],
          },
        })
      return { variant, row }
    })
    for (const { variant, row } of changed) {
      const [price, salePrice] = [hundredths(row.price), hundredths(row.sale_price)]
      if (price === variant.price && salePrice === variant.salePrice) continue
      Object.assign(variant, { price, salePrice, modified: wholeSeconds(clock.now()) })
      truth.add('price', variant.sku, { price, salePrice })
    }
    return { json: { data: changed.map(({ variant }) => variantJson(variant)), meta: {} } }
  }),

  route.put(`${v3}/pricelists/:list/records`, ({ world, params, json, truth }) => {
    const records = json(Records)
    if (records.length > 1000) return v3Error(413, 'The request has more than 1000 records.')
    const bad = records.find(({ sku }) => bySku(world, sku) === undefined)
    if (bad !== undefined)
      return {
        status: 422,
        json: {
          batch_errors: [
            {
              data: { price_list_id: Number(params.list), sku: bad.sku, currency: bad.currency.toLowerCase() },
              field_errors: { sku: 'not found' },
            },
          ],
        },
      }
    for (const record of records) {
      world.priceLists.set(`${params.list}/${record.sku}/${record.currency}`, record)
      truth.add('price', record.sku, record)
    }
    return { json: { data: {}, meta: {} } }
  }),

  route.get(`${v3}/inventory/items`, ({ world, query }) => {
    const skus = listOf(query, 'sku:in')
    const found = world.variants.filter(({ sku }) => skus === undefined || skus.includes(sku))
    return v3Page(doubled(found, world).map(inventoryJson), query, 1000)
  }),

  route.put(`${v3}/inventory/adjustments/absolute`, ({ world, json, truth }) => {
    const { items } = json(Adjustment)
    if (items.length > 2000) return v3Error(413, 'The request has more than 2000 items.')
    const found = items.map((item) => {
      const variant = bySku(world, item.sku)
      if (variant === undefined) return refuse(problem(`[Item with sku ${item.sku} does not exist]`))
      if (variant.trackedByProduct)
        return refuse(
          problem(`[Item with variant_id ${variant.id} is tracked by product, please update stock by product id]`),
        )
      return { variant, item }
    })
    for (const { variant, item } of found) {
      // The same number again changes nothing.
      if (variant.stock.get(item.location_id) !== item.quantity)
        truth.add('stock', `${item.sku}@${item.location_id}`, item.quantity)
      variant.stock.set(item.location_id, item.quantity)
    }
    return { json: { transaction_id: `t-${found.length}-${truth.count('stock')}` } }
  }),

  route.get('/stores/:store/v2/store', ({ options }) => ({
    json: {
      id: 'abc123example',
      name: 'Muster shop',
      currency: options.currency,
      secure_url: 'https://shop.example.com',
    },
  })),

  route.get(`${v3}/customers`, ({ query }) => v3Page([], query)),
]

function inventoryJson(variant: Variant): Record<string, unknown> {
  return {
    identity: { sku: variant.sku, variant_id: variant.id, product_id: variant.productId, sku_id: variant.id },
    locations: [...variant.stock].map(([location, onHand]) => ({
      location_id: location,
      location_code: `BC-LOCATION-${location}`,
      location_name: 'Warehouse',
      available_to_sell: onHand - variant.safety,
      total_inventory_onhand: variant.damaged ? 'some' : onHand,
      location_enabled: true,
      settings: {
        safety_stock: variant.safety,
        is_in_stock: onHand > variant.safety,
        warning_level: 0,
        bin_picking_number: '',
      },
    })),
  }
}
