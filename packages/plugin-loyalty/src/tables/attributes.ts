/**
 * Attributes our bookings carry at Leat: what is found again after a lost answer, and what a lost ledger is rebuilt from. Names are
 * prefixed as Leat advises.
 */
export const KEY = 'kontor_key'
export const ORDER = 'kontor_order'
export const KIND = 'kontor_kind'
export const REVERSES = 'kontor_reverses'
export const VALUE = 'kontor_value'
export const attributeNames = [KEY, ORDER, KIND, REVERSES, VALUE] as const
