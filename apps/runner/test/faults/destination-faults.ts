import type { FaultInput, FaultMatch } from '@kontor/testkit/simulator'

/** The long form (KONTOR_FAULTS=long) keeps each fault up for ten minutes of the simulator's time, the short one for one. */
export const long = process.env['KONTOR_FAULTS'] === 'long'
export const lastsMs = long ? 600_000 : 60_000

/** How a destination fails: as a sentence about it, and as its simulator is told. `writing`: the calls there that have an effect. */
export const destinationFaults: readonly (readonly [does: string, fault: (writing: FaultMatch) => FaultInput])[] = [
  ['answers 500 to three calls in ten', () => ({ do: 'status', status: 500, match: { probability: 0.3 } })],
  [
    'does what it is asked for and answers 500',
    (writing) => ({ do: 'status', status: 500, effect: true, match: { ...writing, probability: 0.3 } }),
  ],
  [
    'answers 429 and says when to come again',
    () => ({ do: 'throttle', retryAfterSeconds: 7, match: { probability: 0.3 } }),
  ],
  ['answers 429 and does not say when to come again', () => ({ do: 'throttle', match: { probability: 0.3 } })],
  ['hangs before it does what it is asked for', (writing) => ({ do: 'hang', match: { ...writing, probability: 0.3 } })],
  [
    'hangs after it has done what it was asked for',
    (writing) => ({ do: 'hang', effect: true, match: { ...writing, probability: 0.3 } }),
  ],
  ['resets connections', () => ({ do: 'reset', match: { probability: 0.3 } })],
  [
    'does what it is asked for and drops the answer',
    (writing) => ({ do: 'dropAnswer', match: { ...writing, probability: 0.4 } }),
  ],
  [
    'fails, and does what it was asked for a minute later',
    (writing) => ({ do: 'lateEffect', ms: 60_000, status: 504, match: { ...writing, probability: 0.3 } }),
  ],
  ['cuts its answers off in the middle', () => ({ do: 'cutBody', match: { probability: 0.3 } })],
  [
    'does half of what it is asked for, and fails',
    (writing) => ({ do: 'partial', match: { ...writing, probability: 0.8 } }),
  ],
]
