/** Where a unit stands, in our words. `itemstatus`, from two and more public connectors; the feed has no word for "shipped". */
export const unitStates = [
  'awaiting',
  'accepted',
  'preorder',
  'refused',
  'cancelled',
  'claimed',
  'closed',
  'unknown',
] as const
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
/** The configuration's word on a status first, then the table. */
export const unitState = (itemStatus: string | undefined, own: UnitWords): UnitState => {
  const word = itemStatus?.toUpperCase() ?? ''
  return own[word] ?? states[word] ?? 'unknown'
}
/** What the configuration says of statuses, by Rakuten's word in capitals. */
export type UnitWords = Readonly<Record<string, UnitState>>

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
