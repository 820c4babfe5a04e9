import type { Random, SimulatorClock } from '@kontor/testkit/simulator'
import type { Order } from './order.ts'

const minute = 60_000

/** What a new order does by itself before the seller may act: each step after so many minutes. */
const lives = [
  { weight: 14, steps: [[2, 1]] },
  {
    weight: 3,
    steps: [
      [1, 8],
      [90, 1],
    ],
  },
  {
    weight: 2,
    steps: [
      [2, 9],
      [45, 1],
    ],
  },
  { weight: 1, steps: [[30, 7]] },
] as const satisfies readonly { weight: number; steps: readonly (readonly [afterMinutes: number, state: number])[] }[]

/** A new order begins in state 0 and goes on by the clock; one of the past has come to rest somewhere. */
export function liveOn(
  order: Order,
  { clock, random, paid, past }: { clock: SimulatorClock; random: Random; paid: boolean; past: boolean },
): void {
  if (paid) return moveTo(order, 1, clock.now())
  if (past) return settle(order, random, clock.now())
  let at = clock.now()
  for (const [after, state] of random.weighted(lives.map((life) => [life.steps, life.weight] as const))) {
    at += after * minute
    clock.at(at, () => moveTo(order, state, clock.now()))
  }
}

/** All lines that have not ended yet, to one state. */
export function moveTo(order: Order, state: number, now: number): void {
  for (const line of order.lines) if (line.state === 0 || line.state === 8 || line.state === 9) line.state = state
  if (state === 1) order.paid = now
  order.modified = now
}

/** Where an order of the past stands: the older, the more surely it is shipped. */
function settle(order: Order, random: Random, now: number): void {
  const age = now - order.created
  const fresh = age < 6 * 60 * minute
  const state = random.weighted<number>(
    fresh
      ? [
          [1, 6],
          [0, 1],
          [8, 1],
          [9, 1],
          [2, 2],
        ]
      : [
          [3, 12],
          [2, 1],
          [1, 1],
          [4, 1],
          [5, 1],
          [7, 1],
        ],
  )
  order.modified = order.created + Math.min(age, random.int(minute, 180 * minute))
  if (![0, 7, 8].includes(state)) order.paid = order.created + Math.min(age, 2 * minute)
  for (const line of order.lines) {
    if (line.state !== 0) continue
    line.state = state
    if (state === 4 || state === 5) line.returnReason = 0
  }
  if (state !== 3) return
  order.shipped = order.modified
  order.tracking = {
    ...order.tracking,
    number: `00340434${random.digits(12)}`,
    url: `https://tracking.example.com/${order.id}`,
  }
}
