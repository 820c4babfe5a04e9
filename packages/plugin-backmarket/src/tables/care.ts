/** What the buyer says, by Back Market's words for it: the first pattern that fits tag or issue. The words are not listed anywhere. */
export const careReasons: readonly (readonly [
  pattern: RegExp,
  reason:
    | 'not_delivered'
    | 'damaged_in_transit'
    | 'wrong_item'
    | 'missing_parts'
    | 'not_as_described'
    | 'changed_mind'
    | 'defective'
    | 'late_delivery',
])[] = [
  [/NOT_RECEIVED|LOST|NON_RECEIPT/, 'not_delivered'],
  [/LATE|DELAY/, 'late_delivery'],
  [/DAMAGED|BROKEN_ON_ARRIVAL/, 'damaged_in_transit'],
  [/WRONG_(ITEM|PRODUCT|COLOR|MODEL|STORAGE)/, 'wrong_item'],
  [/MISSING|ACCESSOR/, 'missing_parts'],
  [/WITHDRAW|CHANGED?_(MY_)?MIND|REGRET/, 'changed_mind'],
  [/NON_COMPLIANT|NOT_AS|CONDITION|AESTHETIC|COSMETIC/, 'not_as_described'],
  [/TECHNICAL|BATTERY|SCREEN|NOT_(CHARGING|WORKING|TURNING)|DEFECT|FAULTY|FAILURE/, 'defective'],
]

/** What kind of thing a folder is, by that reason. */
export const kindOfReason: Readonly<Record<string, 'not_received' | 'return' | 'warranty' | 'claim'>> = {
  not_delivered: 'not_received',
  changed_mind: 'return',
  defective: 'warranty',
}

/** Source: claim.resolution_choice. */
export const resolutions: Readonly<Record<string, 'refund' | 'replacement' | 'repair' | 'none'>> = {
  REFUND: 'refund',
  REPLACE: 'replacement',
  REPAIR: 'repair',
  REPAIR_REPLACE: 'repair',
  REMOTE_ASSISTANCE: 'none',
}

/** Source: returnLabel.state. */
export const labelStates: Readonly<Record<string, 'ready' | 'used' | 'expired'>> = {
  ALIVE: 'ready',
  USED: 'used',
  EXPIRED: 'expired',
}

/** Source: message.initiator ("Merchant"); the others are observed words. */
export const writers: readonly (readonly [pattern: RegExp, from: 'buyer' | 'merchant' | 'marketplace'])[] = [
  [/merchant|seller/i, 'merchant'],
  [/client|customer|buyer/i, 'buyer'],
  [/back ?market|service|agent/i, 'marketplace'],
]
