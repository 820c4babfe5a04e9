import { sql } from 'kysely'
import type { Clock } from '@kontor/core'
import type { Db } from './store.ts'

/**
 * The time of the database, which every runner of a deployment agrees on: measured again and again, and counted on in between by a clock that nobody
 * sets. So it matters neither what the machines believe nor whether somebody corrects them.
 */
export class AgreedClock implements Clock {
  readonly #machine: Clock
  #measured: { time: number; at: number }

  constructor(machine: Clock) {
    this.#machine = machine
    this.#measured = { time: machine.now(), at: performance.now() }
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
    const answered = performance.now()
    this.#measured = { time: Number(rows[0]?.now) + (answered - asked) / 2, at: answered }
  }
}
