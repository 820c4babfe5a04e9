import type { Points } from '@kontor/core'
import { pointsFromText, pointsScale } from './points-text.ts'

/** A points record the ledger stated before, and what became of its delivery. */
export interface Booking {
  record: Points
  /** `open`: stated, under way or in doubt; `done`: booked; `refused`: for good, nothing was booked. */
  state: 'open' | 'done' | 'refused'
  /** The programme's id of the booking. */
  reference?: string
  /** What the programme really booked, where it told; absent: what the record says. */
  points?: string
  /** What it could not take because the balance was too small. */
  shortfall?: string
  /** The programme's own id of the member. Later bookings go to this one, whatever the order's e-mail is by then. */
  member?: string
}

/** Where an order's points stand, in whole units of 10^-`scale`. */
export interface Account {
  scale: number
  earns: readonly Booking[]
  issued: bigint
  taken: bigint
  /** Points that should be gone and could not be taken. Forgotten when points are given back. */
  forgone: bigint
  /** Moves that are done: part of the next move's id. */
  finished: number
  open: Booking | undefined
  refused: readonly Booking[]
  member: string | undefined
}

/** Moves are numbered in their id, `<order>:mv:<n>:<from>-<to>`: the order they were made in. */
const numberOf = (booking: Booking): number => Number(/:mv:(\d+):/.exec(booking.record.id)?.[1] ?? 0)
const figures = (booking: Booking): string[] => [booking.record.points, booking.points ?? '0', booking.shortfall ?? '0']

export function accountOf(bookings: readonly Booking[], decimals: number): Account {
  const scale = Math.max(decimals, ...bookings.flatMap(figures).map(pointsScale))
  const booked = (booking: Booking): bigint => pointsFromText(booking.points ?? booking.record.points, scale)
  const earns = bookings.filter(({ record }) => record.kind === 'earn')
  const moves = bookings
    .filter(({ record }) => record.kind === 'reverse' || record.kind === 'restore')
    .toSorted((a, b) => numberOf(a) - numberOf(b))
  const done = moves.filter(({ state }) => state === 'done')
  let [taken, forgone] = [0n, 0n]
  for (const move of done) {
    if (move.record.kind === 'reverse') {
      taken += booked(move)
      forgone += pointsFromText(move.shortfall ?? '0', scale)
    } else {
      taken -= booked(move)
      forgone = 0n
    }
  }
  return {
    scale,
    earns,
    issued: earns.filter(({ state }) => state === 'done').reduce((sum, earn) => sum + booked(earn), 0n),
    taken,
    forgone,
    finished: done.length,
    open: [...earns, ...moves].find(({ state }) => state === 'open'),
    refused: [...earns, ...moves].filter(({ state }) => state === 'refused'),
    member: earns.find(({ member }) => member !== undefined)?.member,
  }
}
