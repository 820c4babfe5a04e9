import type { OfferPrice } from '@kontor/core'
import { words } from '../tables/words.ts'
import { idFrom } from './reference.ts'
import { requireCells } from './stock-level.ts'
import { amount, currency, identifier, instant, quantity, text, wordOf, type Group } from './values.ts'

/** What the price columns leave unsaid. */
export interface PriceDefaults {
  readonly currency?: string | undefined
  readonly taxIncluded: boolean
}

/** The price of one SKU, in one market, from one quantity and one day on. */
export function toOfferPrice(group: Group<'prices'>, defaults: PriceDefaults): OfferPrice | undefined {
  const sku = group.one('sku', identifier)
  const price = group.one('price', amount)
  const unit = group.one('currency', currency) ?? defaults.currency
  const taxIncluded = group.one('tax_included', wordOf(words.yesNo))
  const market = group.one('market', text)
  const minimumQuantity = group.one('minimum_quantity', quantity)
  const validFrom = group.one('valid_from', instant)
  const validTo = group.one('valid_to', instant)
  const others = {
    compareAt: group.one('compare_at', amount),
    minimum: group.one('minimum', amount),
    maximum: group.one('maximum', amount),
  }
  requireCells(group, ['sku', 'price'])
  if (unit === undefined && group.faults.length === 0) missingCurrency(group)
  if (sku === undefined || price === undefined || unit === undefined) return undefined
  const money = (value: string | undefined) => (value === undefined ? undefined : { amount: value, currency: unit })
  return {
    entity: 'prices',
    id: idFrom(sku, market, minimumQuantity === undefined ? undefined : `from ${minimumQuantity}`, validFrom),
    sku,
    market,
    price: {
      value: { amount: price, currency: unit },
      taxIncluded: taxIncluded === undefined ? defaults.taxIncluded : taxIncluded === 'true',
    },
    compareAt: money(others.compareAt),
    minimum: money(others.minimum),
    maximum: money(others.maximum),
    validFrom,
    validTo,
    minimumQuantity,
  }
}

export const missingCurrency = (group: Group<'prices' | 'refunds'>): void =>
  void group.faults.push({
    line: group.rows[0]?.line ?? 0,
    column: 'currency',
    found: '',
    expected: 'a currency in the file, or `currency` in the configuration of this folder',
    code: 'PRICE_INVALID',
  })
