import type { Points } from '../canonical/index.ts'

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
  /** Everything booked for an order, newest first: what the ledger is rebuilt from. */
  booked?(
    about: { orderKey: string },
    signal: AbortSignal,
  ): Promise<readonly Pick<Points, 'id' | 'kind' | 'points' | 'reverses'>[]>
}
