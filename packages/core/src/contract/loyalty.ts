import type { Money, Points } from '../canonical/index.ts'

/** Questions to a loyalty programme. What is booked goes through the writer of `points`. */
export interface LoyaltyProvider {
  member(
    query: { id?: string; email?: string },
    signal: AbortSignal,
  ): Promise<{ id: string; email?: string } | undefined>
  /** Points as decimal text. */
  balance(memberId: string, signal: AbortSignal): Promise<{ points: string; pending?: string; asOf: string }>
  /** What a purchase would earn by the programme's own rules. */
  quote?(
    input: { memberId: string; amount: { amount: string; currency: string } },
    signal: AbortSignal,
  ): Promise<{ points: string }>
  rewards?(
    memberId: string,
    signal: AbortSignal,
  ): Promise<readonly { id: string; name: string; points: string; available: boolean }[]>
  /**
   * What we have booked, of one order or of all: what a lost ledger is rebuilt from, and what a ledger is checked by. Bookings of others are
   * left out; the order is free.
   */
  booked?(query: { orderKey?: string }, signal: AbortSignal): AsyncIterable<BookedPoints>
}

/** A booking as the programme remembers it. */
export interface BookedPoints extends Pick<Points, 'id' | 'kind' | 'points' | 'reverses'> {
  /** Kontor's key of the order it is about. */
  orderKey: string
  /** What the points were given for, in the order's own currency. */
  value?: Money
  /** The programme's id of the booking, and of the member. */
  reference?: string
  member?: string
  /** What could not be taken because the balance was too small. */
  shortfall?: string
}
