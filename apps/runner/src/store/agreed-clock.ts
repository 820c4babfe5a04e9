import { sql } from 'kysely'
import type { Clock } from '@kontor/core'
import type { Db } from './store.ts'

/** What two clocks may drift apart between two measurements, in milliseconds; generously. */
const driftMs = 0.1

/**
 * The time of the database, which every runner of a deployment agrees on: measured again and again, and counted on in between by a clock that nobody
 * sets. So it matters neither what the machines believe nor whether somebody corrects them.
 */
export class AgreedClock implements Clock {
  readonly #machine: Clock
  /** `unsure`: by how many milliseconds it may be wrong. */
  #measured: { time: number; at: number; unsure: number }

  constructor(machine: Clock) {
    this.#machine = machine
    this.#measured = { time: machine.now(), at: performance.now(), unsure: Infinity }
  }

  now(): number {
    return Math.round(this.#measured.time + performance.now() - this.#measured.at)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#machine.sleep(ms, signal)
  }

  /** By how many milliseconds this machine is ahead of the database; measured to half the time of an answer. */
  ahead(): number {
    return this.#machine.now() - this.now()
  }

  async measure(db: Db): Promise<void> {
    const asked = performance.now()
    const { rows } = await sql<{
      now: string | number
    }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(db)
    const at = performance.now()
    const unsure = (at - asked) / 2
    const time = Number(rows[0]?.now) + unsure
    const before = this.#measured
    // An answer that came late says less than an earlier one that it does not contradict.
    const contradicts = Math.abs(before.time + at - before.at - time) > before.unsure + unsure
    if (contradicts || unsure <= before.unsure) this.#measured = { time, at, unsure }
    else this.#measured = { ...before, unsure: before.unsure + driftMs }
  }
}
