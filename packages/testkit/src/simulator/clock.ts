import { Timeline } from './timeline.ts'

export interface ClockSettings {
  /** Where the clock starts. Default: the real time now. */
  startsAt?: Date | string | number | undefined
  /** Simulated time per real time: 1 is real, 60 makes an hour pass in a minute, 0 (`manual`) stands still until `advance`. Default 1. */
  rate?: number | 'manual' | undefined
}

export interface SimulatorTimer {
  cancel(): void
}

type Run = () => void | Promise<void>

/** The time a simulated system lives in. Its orders appear, its states change and its rate limits refill by it. */
export interface SimulatorClock {
  /** 0 when the clock is moved by hand. */
  readonly rate: number
  /** Milliseconds since 1970, simulated. */
  now(): number
  /** The time now (or so many milliseconds from now; negative is the past) as ISO 8601 in UTC. */
  instant(offsetMs?: number): string
  /** Resolves `ms` simulated milliseconds from now; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Runs at an instant. One that has passed runs next, never inside this call; by hand, with the next `advance`. */
  at(instant: Date | string | number, run: Run): SimulatorTimer
  /** Runs once, `ms` simulated milliseconds from now. */
  after(ms: number, run: Run): SimulatorTimer
  /** Runs each `ms` simulated milliseconds, first after `ms`. */
  every(ms: number, run: Run): SimulatorTimer
  /**
   * Moves time forward by `ms` and resolves when all that fell due has run, in order of time and each with the clock at its own instant.
   * Works at any rate: a running clock jumps and runs on.
   */
  advance(ms: number): Promise<void>
  setRate(rate: number | 'manual'): void
  /**
   * Virtual time for benchmarks: until `work` settles, jumps to the next timer whenever nothing happens any more, which is when the count
   * `activity` has not changed for `quietMs` real milliseconds (default 3). A running simulator's own `drive` counts its requests.
   */
  drive<T>(work: Promise<T>, settings?: { activity?: () => number; quietMs?: number }): Promise<T>
  /** The same time with timers of its own, which its `close` cancels. `onFailure` gets what a timer's function throws. */
  scope(onFailure?: (failure: unknown) => void): SimulatorClock
  /** Cancels this scope's timers; who sleeps on it sleeps for good, as in a system that has died. */
  close(): void
}

/** A clock to start simulators with; share one to let several live in the same time. */
export function createClock(settings: ClockSettings = {}): SimulatorClock {
  const startsAt = settings.startsAt === undefined ? Date.now() : toEpochMs(settings.startsAt)
  return scopeOf(new Timeline(startsAt, toRate(settings.rate ?? 1)))
}

export function isClock(value: SimulatorClock | ClockSettings): value is SimulatorClock {
  return 'now' in value && typeof value.now === 'function'
}

function scopeOf(timeline: Timeline, onFailure?: (failure: unknown) => void): SimulatorClock {
  const open = new Set<SimulatorTimer>()

  function schedule(due: number, repeatMs: number | undefined, run: Run): SimulatorTimer {
    const entry = timeline.add(due, repeatMs, async () => {
      if (repeatMs === undefined) open.delete(timer)
      try {
        await run()
      } catch (failure) {
        if (onFailure === undefined) throw failure
        onFailure(failure)
      }
    })
    const timer: SimulatorTimer = {
      cancel() {
        open.delete(timer)
        timeline.remove(entry)
      },
    }
    open.add(timer)
    return timer
  }

  return {
    get rate() {
      return timeline.rate
    },
    now: () => timeline.now(),
    instant: (offsetMs = 0) => new Date(timeline.now() + offsetMs).toISOString(),
    at: (instant, run) => schedule(toEpochMs(instant), undefined, run),
    after: (ms, run) => schedule(timeline.now() + ms, undefined, run),
    every(ms, run) {
      if (!(ms > 0)) throw new RangeError(`every(${ms}): a repeated timer needs a positive number of milliseconds`)
      return schedule(timeline.now() + ms, ms, run)
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(asError(signal.reason))
        const onAbort = (): void => {
          timer.cancel()
          reject(asError(signal?.reason))
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        }
        const timer = schedule(timeline.now() + ms, undefined, wake)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    advance: (ms) => timeline.advance(ms),
    setRate: (rate) => timeline.setRate(toRate(rate)),
    drive: (work, settings = {}) => timeline.drive(work, settings.activity ?? (() => 0), settings.quietMs ?? 3),
    scope: (failed) => scopeOf(timeline, failed ?? onFailure),
    close() {
      for (const timer of open) timer.cancel()
    },
  }
}

function toRate(rate: number | 'manual'): number {
  if (rate === 'manual') return 0
  if (!(rate >= 0) || !Number.isFinite(rate))
    throw new RangeError(`rate ${rate}: a clock's rate is 0 (moved by hand) or a positive number`)
  return rate
}

function toEpochMs(instant: Date | string | number): number {
  const ms = typeof instant === 'number' ? instant : new Date(instant).getTime()
  if (Number.isNaN(ms)) throw new RangeError(`"${String(instant)}" is no instant`)
  return ms
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`)
}
