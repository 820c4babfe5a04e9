import type { Clock } from '../contract/index.ts'

/** The longest a timer of JavaScript can wait; longer waits are cut into several. */
const longestTimerMs = 2 ** 31 - 1

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted()
    for (let leftMs = ms; leftMs > 0; leftMs -= longestTimerMs) await timer(Math.min(leftMs, longestTimerMs), signal)
  },
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = (): void => {
    clearTimeout(timeout)
    reject(signal?.reason)
  }
  const timeout = setTimeout(() => {
    signal?.removeEventListener('abort', onAbort)
    resolve()
  }, ms)
  signal?.addEventListener('abort', onAbort, { once: true })
  return promise
}
