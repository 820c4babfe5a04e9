import type { SimulatedItem, SimulatedReturn, World } from './world.ts'

export interface Entry {
  sku: string
  quantity: number
  status: 'arrived' | 'inspected' | 'missing'
  condition?: string | undefined
  notes?: string | undefined
}

/** How many pieces took effect, or why none did. */
export type Booked = { pieces: number } | { failure: string }

/**
 * Books pieces of a SKU. Which item takes them is this system's choice: the first open one. Of an item with more pieces than were booked the rest
 * becomes an item of its own. (How the real system splits is not known.)
 */
export function book(
  world: World,
  one: SimulatedReturn,
  { sku, quantity, status, condition, notes }: Entry,
  now: number,
): Booked {
  const own = one.items.filter((item) => item.sku === sku && item.cancelled === null)
  if (own.length === 0) return { failure: 'Item not found' }
  const open = own.filter((item) => isOpen(item, status))
  if (open.reduce((sum, item) => sum + item.quantity, 0) < quantity) return { failure: 'Nothing left to update' }
  let left = quantity
  for (const item of open) {
    if (left === 0) break
    if (item.quantity > left) splitOff(world, one, item, left)
    left -= item.quantity
    if (status === 'missing') item.missing = true
    else item.arrived ??= now
    if (status === 'inspected') item.inspected = now
    if (condition !== undefined) item.condition = condition
    if (notes !== undefined) item.notes = notes
  }
  one.updated = now
  return { pieces: quantity }
}

function isOpen(item: SimulatedItem, status: Entry['status']): boolean {
  if (item.missing) return false
  return status === 'inspected' ? item.inspected === null : item.arrived === null
}

function splitOff(world: World, one: SimulatedReturn, item: SimulatedItem, keep: number): void {
  one.items.splice(one.items.indexOf(item) + 1, 0, { ...item, id: world.nextItemId++, quantity: item.quantity - keep })
  item.quantity = keep
}
