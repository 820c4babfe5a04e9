import { isKontorError } from '@kontor/core'
import { keyOf } from '../store/claims.ts'
import { endOrphanedRuns } from '../store/runs.ts'
import { forgetDeadRunners } from '../store/runners.ts'
import { releaseAllOf } from '../store/leases.ts'
import { shiftTimes } from '../store/shift.ts'
import type { DeliveryRow } from '../store/schema.ts'
import type { Engine } from './engine.ts'
import { isDead, otherOwners } from './lifecycle.ts'

const everyMs = 5_000
/** Smaller corrections of the clock are left to themselves. */
const jumpMs = 10_000

/**
 * Puts right what accidents leave behind, every five seconds: work of a process of this machine that has died is free at once, its runs end as `died`;
 * attempts of ours whose end could not be stored are given back; times that were reckoned before the clock was set back are set back with it.
 */
export class Janitor {
  readonly #engine: Engine
  readonly #jumped: () => void
  /** Attempts that were nobody's at the last look: number of the claim by key. */
  #adrift = new Map<string, number>()
  #clock: { wall: number; steady: number }

  constructor(engine: Engine, jumped: () => void = () => undefined) {
    this.#engine = engine
    this.#jumped = jumped
    this.#clock = { wall: engine.clock.now(), steady: performance.now() }
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.sweep()
      } catch (thrown) {
        // The store is away; the scheduler says so.
        if (!isKontorError(thrown) || thrown.failureType !== 'transient') throw thrown
      }
      await this.#engine.clock.sleep(everyMs, signal).catch(() => undefined)
    }
  }

  async sweep(): Promise<void> {
    const { store, owner } = this.#engine
    await this.#followClock()
    for (const each of await otherOwners(store, owner)) if (isDead(each)) await releaseAllOf(store, each)
    await endOrphanedRuns(store, this.#engine)
    await forgetDeadRunners(store)
    await this.#giveBack()
  }

  /** A claim of ours that no job knows: its outcome could not be stored. What had begun stays so, and is asked about. */
  async #giveBack(): Promise<void> {
    const { store, owner, claims } = this.#engine
    const before = this.#adrift
    const rows = await store.db.selectFrom('deliveries').selectAll().where('owner', '=', owner).execute()
    const adrift = rows.filter((row) => claims.get(keyOf(row)) !== row.fence)
    this.#adrift = new Map(adrift.map((row) => [nameOf(row), row.fence]))
    const lost = adrift.filter((row) => before.get(nameOf(row)) === row.fence)
    if (lost.length === 0) return
    await store.write(async (tx) => {
      for (const { destination, source, entity, id, fence } of lost)
        await tx
          .updateTable('deliveries')
          .set({ owner: null, claim_until: 0 })
          .where('destination', '=', destination)
          .where('source', '=', source)
          .where('entity', '=', entity)
          .where('id', '=', id)
          .where('owner', '=', owner)
          .where('fence', '=', fence)
          .execute()
    })
  }

  async #followClock(): Promise<void> {
    const now = { wall: this.#engine.clock.now(), steady: performance.now() }
    const back = now.steady - this.#clock.steady - (now.wall - this.#clock.wall)
    this.#clock = now
    if (back < jumpMs) return
    this.#engine.log.warn(
      `The clock of this machine was set back by ${Math.round(back / 1000)} seconds. What was due by it is due all the same.`,
    )
    await shiftTimes(this.#engine.store, now.wall, back)
    this.#jumped()
  }
}

const nameOf = ({ destination, source, entity, id }: DeliveryRow): string =>
  JSON.stringify([destination, source, entity, id])
