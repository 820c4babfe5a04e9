import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'

export interface TimelineEntry {
  due: number
  readonly repeatMs: number | undefined
  readonly run: () => Promise<void>
}

/** Node cannot wait longer at once; a later timer is armed again from here. */
const LONGEST_WAIT_MS = 2_147_483_647

/** A point that moves through time, at a rate or by hand, and runs what falls due on its way. */
export class Timeline {
  rate: number
  #position: number
  #realAtPosition = performance.now()
  #entries: TimelineEntry[] = []
  #armed: NodeJS.Timeout | undefined

  constructor(startsAt: number, rate: number) {
    this.#position = startsAt
    this.rate = rate
  }

  now(): number {
    return Math.floor(this.#position + (performance.now() - this.#realAtPosition) * this.rate)
  }

  setRate(rate: number): void {
    this.#moveTo(this.now())
    this.rate = rate
    this.#arm()
  }

  add(due: number, repeatMs: number | undefined, run: () => Promise<void>): TimelineEntry {
    const entry: TimelineEntry = { due, repeatMs, run }
    this.#insert(entry)
    this.#arm()
    return entry
  }

  remove(entry: TimelineEntry): void {
    const index = this.#entries.indexOf(entry)
    if (index === -1) return
    this.#entries.splice(index, 1)
    this.#arm()
  }

  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`advance(${ms}): time only moves forward`)
    const target = this.now() + ms
    for (let entry = this.#takeDue(target); entry !== undefined; entry = this.#takeDue(target)) {
      this.#moveTo(entry.due)
      await entry.run()
      // Whoever slept until now goes on in this turn, and may set a timer that is due before the next one.
      await turn()
    }
    this.#moveTo(target)
    this.#arm()
    await turn()
  }

  /** Jumps from timer to timer whenever `activity` has not changed for `quietMs` real milliseconds, until `work` settles. */
  async drive<T>(work: Promise<T>, activity: () => number, quietMs: number): Promise<T> {
    const state = { settled: false }
    const settle = (): void => {
      state.settled = true
    }
    work.then(settle, settle)
    while (!state.settled) {
      const before = activity()
      await pause(quietMs)
      // What the network brought meanwhile is told after the timers of a turn.
      await turn()
      await turn()
      const [next] = this.#entries
      if (!state.settled && activity() === before && next !== undefined)
        await this.advance(Math.max(0, next.due - this.now()))
    }
    return await work
  }

  #moveTo(instant: number): void {
    this.#position = Math.max(instant, this.now())
    this.#realAtPosition = performance.now()
  }

  #insert(entry: TimelineEntry): void {
    const index = this.#entries.findIndex((other) => other.due > entry.due)
    this.#entries.splice(index === -1 ? this.#entries.length : index, 0, entry)
  }

  #takeDue(until: number): TimelineEntry | undefined {
    const [entry] = this.#entries
    if (entry === undefined || entry.due > until) return undefined
    this.#entries.shift()
    if (entry.repeatMs === undefined) return entry
    const firing = { ...entry }
    entry.due += entry.repeatMs
    this.#insert(entry)
    return firing
  }

  #arm(): void {
    clearTimeout(this.#armed)
    const [next] = this.#entries
    if (next === undefined || this.rate === 0) return
    const wait = Math.ceil((next.due - this.now()) / this.rate)
    this.#armed = setTimeout(() => this.#fireDue(), Math.min(Math.max(0, wait), LONGEST_WAIT_MS))
  }

  #fireDue(): void {
    const now = this.now()
    for (let entry = this.#takeDue(now); entry !== undefined; entry = this.#takeDue(now)) void entry.run()
    this.#arm()
  }
}
