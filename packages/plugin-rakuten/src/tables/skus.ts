/** How the SKUs at Rakuten differ from ours: a table, and what all others begin with. */
export interface SkuNames {
  readonly skus: Readonly<Record<string, string>>
  readonly skuPrefix: string
}

/** Your SKU for one at Rakuten: by the table, else without the prefix. */
export const ourSku = (theirs: string, { skus, skuPrefix }: SkuNames): string =>
  skus[theirs] ??
  (theirs.length > skuPrefix.length && theirs.startsWith(skuPrefix) ? theirs.slice(skuPrefix.length) : theirs)

/** The other way, for offers. */
export function theirSku({ skus, skuPrefix }: SkuNames): (ours: string) => string {
  const theirs = new Map(Object.entries(skus).map(([rakuten, ours]) => [ours, rakuten]))
  return (ours) => theirs.get(ours) ?? `${skuPrefix}${ours}`
}
