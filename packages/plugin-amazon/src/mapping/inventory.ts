import type { StockLevel } from '@kontor/core'
import type { WireSummary } from '../wire/index.ts'

/** Stock in Amazon's warehouses, as a place of its own: what can be sold, and what lies there. */
export const toFbaStock = (summary: WireSummary, location: string): StockLevel => ({
  entity: 'stock',
  id: `${summary.sellerSku}@${location}`,
  sku: summary.sellerSku,
  available: Math.max(0, summary.inventoryDetails.fulfillableQuantity),
  location,
  onHand: Math.max(0, summary.totalQuantity),
  reserved: Math.max(0, summary.inventoryDetails.reservedQuantity?.totalReservedQuantity ?? 0),
})
