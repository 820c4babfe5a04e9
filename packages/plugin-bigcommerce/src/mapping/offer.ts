import { money, type OfferPrice, type Product, type StockLevel } from '@kontor/core'
import type { WireInventoryItem, WireProduct, WireVariant } from '../wire/index.ts'
import { instantOf, isPositive, moneyOf, textOrNull } from './values.ts'

/** One record per place; nothing for an item without SKU, which nobody could match. */
export function toStockLevels(
  { identity, locations }: WireInventoryItem,
  nameOf: (locationId: string) => string,
): StockLevel[] {
  const sku = textOrNull(identity.sku)
  if (sku === null) return []
  return locations.map((place) => ({
    entity: 'stock',
    id: `${sku}@${place.location_id}`,
    sku,
    available: Math.max(0, place.available_to_sell),
    location: nameOf(place.location_id),
    onHand:
      place.total_inventory_onhand === null || place.total_inventory_onhand === undefined
        ? null
        : Math.max(0, place.total_inventory_onhand),
  }))
}

/** What a variant costs: its sale price where there is one, and then the price as what it cost before. */
export function toOfferPrice(variant: WireVariant, currency: string, taxIncluded: boolean): OfferPrice | undefined {
  const sku = textOrNull(variant.sku)
  const regular = moneyOf(variant.price ?? variant.calculated_price, currency)
  const sale = isPositive(variant.sale_price) ? moneyOf(variant.sale_price, currency) : null
  const value = sale ?? regular
  if (sku === null || value === null) return undefined
  return {
    entity: 'prices',
    id: sku,
    sku,
    price: { value, taxIncluded },
    compareAt: sale !== null && regular !== null && money.compare(regular, sale) > 0 ? regular : null,
  }
}

/** One record per variant with a SKU: that is what is offered. */
export function toProducts(product: WireProduct, currency: string | undefined, taxIncluded: boolean): Product[] {
  const at = instantOf(product.date_modified)
  const variants = product.variants && product.variants.length > 0 ? product.variants : [undefined]
  return variants.flatMap((variant): Product[] => {
    const sku = textOrNull(variant?.sku) ?? (variants.length === 1 ? textOrNull(product.sku) : null)
    const amount = variant?.price ?? variant?.calculated_price ?? product.price
    const value = currency === undefined ? null : moneyOf(amount, currency)
    return [
      {
        entity: 'products',
        id: variant?.id ?? `p${product.id}`,
        ...(at ? { version: at, updatedAt: at } : {}),
        sku,
        title: product.name,
        gtin: textOrNull(variant?.upc) ?? textOrNull(product.gtin) ?? textOrNull(product.upc),
        parentId: product.id,
        condition: conditionOf(product.condition),
        ...(value ? { price: { value, taxIncluded } } : {}),
        ...(variant?.inventory_level === undefined ? {} : { available: Math.max(0, variant.inventory_level) }),
        active: product.is_visible !== false && variant?.purchasing_disabled !== true,
      },
    ]
  })
}

const conditions = { new: 'new', used: 'used_good', refurbished: 'refurbished' } as const

function conditionOf(word: string | null | undefined): Product['condition'] {
  const source = textOrNull(word)
  if (source === null) return null
  const known = Object.entries(conditions).find(([name]) => name === source.toLowerCase())
  return { value: known?.[1] ?? 'unknown', source }
}
