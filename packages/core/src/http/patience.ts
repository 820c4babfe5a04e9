import type { Clock } from '../contract/index.ts'

/** How long one call may wait in all: for its buckets, for a place among the calls under way, and between its attempts. */
export interface Patience {
  leftMs(): number
  sleep(ms: number): Promise<void>
  /** Waits for `work`, at most as long as is left. True: the work came first. Rejects at once on abort. */
  outlast(work: Promise<void>): Promise<boolean>
}

export function createPatience(clock: Clock, totalMs: number, signal: AbortSignal | undefined): Patience {
  let spentMs = 0
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = clock.now()
    try {
      return await work()
    } finally {
      spentMs += Math.max(0, clock.now() - began)
    }
  }
  const leftMs = (): number => Math.max(0, totalMs - spentMs)
  return {
    leftMs,
    sleep: (ms) => counted(() => clock.sleep(ms, signal)),
    outlast: (work) =>
      counted(async () => {
        const stop = new AbortController()
        const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
        try {
          return await Promise.race([work.then(() => true), clock.sleep(leftMs(), either).then(() => false)])
        } finally {
          stop.abort()
        }
      }),
  }
}
