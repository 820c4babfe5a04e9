import { unitState, type UnitState, type UnitWords } from '../tables/index.ts'
import type { Amount, ItemWire } from '../wire/index.ts'

/** Units that are one line: the same advert, SKU and price, all pre-ordered or none. */
export interface UnitGroup {
  /** Stable whatever happens to single units: made of what they have in common. */
  readonly id: string
  readonly items: readonly [ItemWire, ...ItemWire[]]
}

/** Groups units into lines in the order in which they first occur. Every itemid is in exactly one group, once. */
export function groupUnits(items: readonly ItemWire[]): UnitGroup[] {
  const groups = new Map<string, Map<string, ItemWire>>()
  const homes = new Map<string, string>()
  for (const item of items) {
    // An itemid told twice is one unit; the later word about it counts.
    const id = homes.get(item.itemid) ?? groupId(item)
    homes.set(item.itemid, id)
    const group = groups.get(id) ?? new Map<string, ItemWire>()
    groups.set(id, group.set(item.itemid, item))
  }
  return [...groups].flatMap(([id, members]) => {
    const [first, ...others] = members.values()
    return first === undefined ? [] : [{ id, items: [first, ...others] as const }]
  })
}

function groupId(item: ItemWire): string {
  const parts = [
    item.advertid ?? item.itemid,
    item.sku ?? '',
    plain(item.price),
    item.ispreorder === true ? 'pre' : '',
    listed(item),
  ]
  return parts
    .map((part) => part.replace(/[^\p{L}\p{N}._-]/gu, '_').slice(0, 80))
    .join(':')
    .replace(/:+$/, '')
}

/** The price before negotiation, where it was negotiated. */
const listed = (item: ItemWire): string =>
  item.isnego === true && item.advertpricelisted !== undefined ? plain(item.advertpricelisted) : ''

/** `23.90 EUR` and `23.9 EUR` are one price. */
const plain = ({ amount, currency }: Amount): string =>
  `${amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount}${currency === 'EUR' ? '' : currency}`

/** Where one unit stands, as far as the lists tell. `toShip`: the units known as not shipped; `undefined`: not asked. */
export function unitStanding(
  item: Pick<ItemWire, 'itemid' | 'itemstatus'>,
  toShip: ReadonlySet<string> | undefined,
  statuses: UnitWords,
): UnitState | 'shipped' {
  const state = unitState(item.itemstatus, statuses)
  if (state === 'closed') return 'shipped'
  const couldBeShipped = state === 'accepted' || state === 'claimed'
  return couldBeShipped && toShip !== undefined && !toShip.has(item.itemid) ? 'shipped' : state
}

export type Standing = UnitState | 'shipped'
export const countOf = (standings: readonly Standing[], ...which: readonly Standing[]): number =>
  standings.filter((one) => which.includes(one)).length

/** The words of the vendor behind a status, each once. */
export const wordsOf = (words: readonly (string | undefined)[]): string =>
  [...new Set(words.filter((word) => word !== undefined))].join(', ').slice(0, 200)
