import { rowsOf } from './flat-file.ts'

/** An order as GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL tells it, which has no buyers, addresses or amounts worth having: its id, and when it changed. */
export interface ReportedOrder {
  id: string
  updatedAt: number
  isFba: boolean
  isAmazon: boolean
}

const columns = ['amazon-order-id', 'last-updated-date']

/** Each order once, the newest first. A row is an item. */
export function reportedOrders(text: string): ReportedOrder[] {
  const orders = new Map<string, ReportedOrder>()
  for (const row of rowsOf(text, columns, 'orders')) {
    const [id = '', updatedAt] = [row['amazon-order-id'], Date.parse(row['last-updated-date'] ?? '')]
    if (id === '' || Number.isNaN(updatedAt) || orders.has(id)) continue
    orders.set(id, {
      id,
      updatedAt,
      isFba: row['fulfillment-channel'] === 'Amazon',
      isAmazon: row['sales-channel'] !== 'Non-Amazon',
    })
  }
  return [...orders.values()].toSorted((one, other) => other.updatedAt - one.updatedAt)
}
