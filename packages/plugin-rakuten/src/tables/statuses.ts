/** Where a unit stands, in our words. `itemstatus`, from two and more public connectors; the feed has no word for "shipped". */
const unitStates = ['awaiting', 'accepted', 'preorder', 'refused', 'cancelled', 'claimed', 'closed', 'unknown'] as const
export type UnitState = (typeof unitStates)[number]

const states: Readonly<Record<string, UnitState>> = {
  TO_CONFIRM: 'awaiting',
  REQUESTED: 'awaiting',
  REMINDED: 'awaiting',
  ACCEPTED: 'accepted',
  COMMITTED: 'accepted',
  PENDING: 'preorder',
  REFUSED: 'refused',
  CANCELLED: 'cancelled',
  PENDING_CLAIM: 'claimed',
  ON_HOLD: 'claimed',
  CLAIM: 'claimed',
  CLOSED: 'closed',
}
export const unitState = (itemStatus: string | undefined): UnitState =>
  states[itemStatus?.toUpperCase() ?? ''] ?? 'unknown'

/** Reasons of a claim. Only `DAMAGED` stands in a published sample (2011); the others are read as they sound. */
export const claimReasons = {
  DAMAGED: 'damaged_in_transit',
  DEFECTIVE: 'defective',
  NOT_RECEIVED: 'not_delivered',
  NOT_CONFORM: 'not_as_described',
  NOT_AS_DESCRIBED: 'not_as_described',
  WRONG_ITEM: 'wrong_item',
  INCOMPLETE: 'missing_parts',
} as const
