import type { BackMarketConfig } from '../config.ts'

type SkuMap = BackMarketConfig['skuMap']

/** Back Market's SKU as the merchant's own: the table first, then the expression over the whole SKU, else as it is. */
export function toOwnSku(sku: string, { table, pattern, replacement }: SkuMap): string {
  const listed = Object.hasOwn(table, sku) ? table[sku] : undefined
  if (listed !== undefined) return listed
  if (pattern === undefined) return sku
  const whole = new RegExp(`^(?:${pattern})$`, 'iu')
  return whole.test(sku) ? sku.replace(whole, replacement) : sku
}

/** The other way, for stock and prices: through the table alone, since an expression cannot be turned round. */
export const toTheirSku = (sku: string, { table }: SkuMap): string =>
  Object.entries(table).find(([, own]) => own === sku)?.[0] ?? sku
