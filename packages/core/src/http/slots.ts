import type { Buckets } from './buckets.ts'
import type { Patience } from './patience.ts'

interface Place {
  max: number
  enter: () => void
}
interface Slot {
  used: number
  queue: Place[]
}

/** Shared by every client in this process that uses the same buckets: two connections of one account share its `atOnce` too. */
const slotsOf = new WeakMap<Buckets, Map<string, Slot>>()

/**
 * Enters a slot for each key, first come first served, and in one order for everybody so that two calls never wait for each other.
 * @returns a function that leaves them all, or `undefined` where the patience ended first
 */
export async function enterSlots(
  buckets: Buckets,
  keys: readonly { key: string; atOnce: number }[],
  patience: Patience,
): Promise<(() => void) | undefined> {
  const entered: Slot[] = []
  const leave = (): void => entered.splice(0).toReversed().forEach(leaveSlot)
  try {
    for (const { key, atOnce } of keys.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      const slot = slotOf(buckets, key)
      if (!(await enterSlot(slot, atOnce, patience))) {
        leave()
        return undefined
      }
      entered.push(slot)
    }
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

function slotOf(buckets: Buckets, key: string): Slot {
  const slots = slotsOf.get(buckets) ?? new Map<string, Slot>()
  slotsOf.set(buckets, slots)
  const slot = slots.get(key) ?? { used: 0, queue: [] }
  slots.set(key, slot)
  return slot
}

async function enterSlot(slot: Slot, max: number, patience: Patience): Promise<boolean> {
  if (slot.used < max) {
    slot.used++
    return true
  }
  const turn = Promise.withResolvers<void>()
  const place: Place = { max, enter: turn.resolve }
  slot.queue.push(place)
  try {
    await patience.outlast(turn.promise)
  } catch (error) {
    if (!leaveQueue(slot, place)) leaveSlot(slot)
    throw error
  }
  // Who is not in the queue any more was given a slot, even where time ran out in the same moment.
  return !leaveQueue(slot, place)
}

function leaveQueue(slot: Slot, place: Place): boolean {
  const at = slot.queue.indexOf(place)
  if (at !== -1) slot.queue.splice(at, 1)
  return at !== -1
}

function leaveSlot(slot: Slot): void {
  slot.used--
  const next = slot.queue[0]
  if (!next || slot.used >= next.max) return
  slot.queue.shift()
  slot.used++
  next.enter()
}
