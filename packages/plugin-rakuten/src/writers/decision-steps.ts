import type { Decision } from '@kontor/core'
import type { LiveState } from './live-units.ts'

/** `refund`: a cancellation that is about the buyer's money; what Rakuten no longer lists is not taken for paid back. */
export type DecisionWord = Decision['decision'] | 'refund'

/** What is to be done with a unit for a decision, by where the unit stands now. */
export type Step = 'accept' | 'refuse' | 'cancel' | 'confirm' | 'nothing' | { conflict: string }

/**
 * Refusing before acceptance costs nothing; cancelling after it refunds the unit in full and counts in the seller's cancellation rate. So a
 * cancellation of a unit not yet accepted is sent as a refusal, and a refusal of an accepted one is not turned into a cancellation silently.
 */
const steps: Readonly<Record<DecisionWord, Readonly<Partial<Record<LiveState, Step>>>>> = {
  accept: {
    awaiting: 'accept',
    accepted: 'nothing',
    claimed: 'nothing',
    closed: 'nothing',
    preorder: { conflict: 'is a pre-order; decide confirm_preorder when it is in stock' },
    refused: { conflict: 'was refused' },
    cancelled: { conflict: 'was cancelled' },
    gone: { conflict: 'is in no list any more; the buyer may have cancelled' },
  },
  refuse: {
    awaiting: 'refuse',
    preorder: 'refuse',
    refused: 'nothing',
    cancelled: 'nothing',
    gone: 'nothing',
    accepted: {
      conflict:
        'is accepted already; decide cancel instead, which refunds the buyer in full and counts in your cancellation rate',
    },
    claimed: { conflict: 'has a claim; decide cancel instead, which refunds the buyer in full' },
    closed: { conflict: 'is closed' },
  },
  cancel: {
    awaiting: 'refuse',
    preorder: 'cancel',
    accepted: 'cancel',
    claimed: 'cancel',
    refused: 'nothing',
    cancelled: 'nothing',
    gone: 'nothing',
    closed: { conflict: 'is closed and paid out; Rakuten cancels it no more' },
  },
  refund: {
    accepted: 'cancel',
    claimed: 'cancel',
    cancelled: 'nothing',
    refused: 'nothing',
    awaiting: { conflict: 'is not accepted yet, so nothing was paid; decide refuse' },
    preorder: { conflict: 'is a pre-order that waits, so nothing was paid; decide cancel' },
    closed: { conflict: 'is closed and paid out; pay it back in the back office, then skip this delivery' },
    gone: { conflict: 'is not known to Rakuten any more; look in the back office whether it was paid back' },
  },
  confirm_preorder: {
    preorder: 'confirm',
    accepted: 'nothing',
    claimed: 'nothing',
    closed: 'nothing',
    awaiting: { conflict: 'is no pre-order; decide accept' },
    refused: { conflict: 'was refused' },
    cancelled: { conflict: 'was cancelled' },
    gone: { conflict: 'is in no list any more' },
  },
}

export const stepFor = (decision: DecisionWord, state: LiveState): Step =>
  steps[decision][state] ?? { conflict: 'has a status we do not know' }
