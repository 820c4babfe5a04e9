import { isKontorError, type Entity, type KontorError } from '@kontor/core'
import { standStill } from './check-accounts.ts'
import { noteWorks } from './notices.ts'
import { anyDue } from '../store/due.ts'
import { dueLooks } from '../store/looks.ts'
import { backoff } from '../store/settle.ts'
import { forgetHeldUp, writerStream } from '../store/held-up.ts'
import { loadStream } from '../store/streams.ts'
import { deliver } from './deliver.ts'
import type { Engine } from './engine.ts'
import { look } from './look.ts'
import { readerSpecs, writerSpecs, type Office } from './office.ts'
import { everyOf, pull, sinceOf } from './pull.ts'
import { keepDueRedemptions } from './redemptions.ts'
import { reconcile, reconcileDue } from './reconcile.ts'
import type { RunResult } from './run.ts'

export interface Progress {
  (event: {
    kind: 'pull' | 'look' | 'deliver' | 'reconcile'
    connection: string
    part: string
    read: number
    changed: number
  }): void
}

/** Longest silence after a failure that only the operator can end. */
const configPauseMs = 15 * 60_000
const tickMs = 250
/** Of a writer whose due lanes can all not go. */
const longestIdlePauseMs = 10_000
/** A store that is back is noticed within so long. */
const longestStorePauseMs = 5_000
/** Of deliveries that set each other free, in a single run. */
const maxRounds = 8

/**
 * Decides what is due and runs it: each reader, each writer and the list of ids at most once at a time, all connections side by side.
 * It keeps no state that matters: everything it needs to know stands in the store.
 */
export class Scheduler {
  readonly #engine: Engine
  readonly #signal: AbortSignal
  readonly #progress: Progress
  readonly #running = new Map<string, Promise<unknown>>()
  /** Failures of writers in a row, and until when to leave them alone. */
  readonly #pauses = new Map<string, { until: number; failures: number }>()
  /** Writers whose plugin has held up a whole process, and that have not worked again since. */
  readonly #heldUp = new Set<string>()
  /** Deliveries that were settled since the last round of a single run. */
  #settled = 0
  /** Failures of the store in a row, and until when to leave it alone. */
  #storeFailures = 0
  #storeUntil = 0
  readonly failures: KontorError[] = []

  constructor(engine: Engine, signal: AbortSignal, progress: Progress = () => undefined) {
    this.#engine = engine
    this.#signal = signal
    this.#progress = progress
  }

  /** Works until the signal stops it; then waits for what is under way. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#startAllDue()
      await this.#engine.clock.sleep(tickMs, this.#signal).catch(() => undefined)
    }
    await Promise.allSettled(this.#running.values())
  }

  /** Everything once: each reader from its checkpoint, the ids to look at, then all that is due to be delivered. */
  async once(): Promise<void> {
    const offices = this.#working()
    await Promise.all(offices.flatMap((office) => readerSpecs(office).map(([reader]) => this.#pull(office, reader))))
    await Promise.all(offices.map((office) => this.#look(office)))
    await keepDueRedemptions(this.#engine)
    for (const office of offices)
      for (const [writer, spec] of writerSpecs(office))
        if (await reconcileDue(this.#engine, office, writer, spec)) await this.#reconcile(office, writer)
    // A delivery may set free another (a decision lets a shipment go); each round ends when nothing is due any more.
    for (let round = 0; round < maxRounds && !this.#signal.aborted; round++) {
      // What was settled in the last round may have held a lane that another writer found taken.
      for (const [key, { failures }] of this.#pauses) if (this.#settled > 0 && failures === 0) this.#pauses.delete(key)
      this.#settled = 0
      const due = await Promise.all(
        offices.flatMap((office) =>
          writerSpecs(office).map(async ([writer]) =>
            (await this.#hasWork(office, writer)) ? [{ office, writer }] : [],
          ),
        ),
      )
      if (due.flat().length === 0) break
      await Promise.all(due.flat().map(({ office, writer }) => this.#deliver(office, writer)))
    }
  }

  async #startDue(office: Office): Promise<void> {
    const now = this.#engine.clock.now()
    for (const [reader] of readerSpecs(office)) {
      const key = `pull ${office.name}/${reader}`
      if (this.#running.has(key)) continue
      const stream = await loadStream(this.#engine.store, office.name, reader)
      if ((stream?.dueAt ?? 0) <= now) this.#start(key, () => this.#pull(office, reader))
    }
    for (const [writer] of writerSpecs(office)) {
      const key = `deliver ${office.name}/${writer}`
      if (!this.#running.has(key) && (await this.#hasWork(office, writer)))
        this.#start(key, () => this.#deliver(office, writer))
    }
    for (const [writer, spec] of writerSpecs(office)) {
      const key = `reconcile ${office.name}/${writer}`
      if (!this.#running.has(key) && (await reconcileDue(this.#engine, office, writer, spec)))
        this.#start(key, () => this.#reconcile(office, writer))
    }
    const lookKey = `look ${office.name}`
    if (!this.#running.has(lookKey) && (await this.#hasLooks(office))) this.#start(lookKey, () => this.#look(office))
  }

  /** A store that cannot be reached for a moment ends nothing; one that will not come back by itself does. */
  async #startAllDue(): Promise<void> {
    if (performance.now() < this.#storeUntil) return
    try {
      await keepDueRedemptions(this.#engine)
      for (const office of this.#working()) await this.#startDue(office)
    } catch (thrown) {
      if (!isKontorError(thrown) || thrown.failureType !== 'transient') throw thrown
      this.#waitForStore(thrown)
    }
  }

  #waitForStore(error: KontorError): void {
    if (performance.now() < this.#storeUntil) return
    this.#storeFailures++
    if (this.#storeFailures === 1) this.#engine.log.error(error.message, { code: error.code })
    this.#storeUntil = performance.now() + Math.min(longestStorePauseMs, backoff(this.#storeFailures))
  }

  /** The clock was set back: what was to be left alone until some time is tried again. */
  forgetPauses(): void {
    this.#pauses.clear()
  }

  #working(): Office[] {
    return [...this.#engine.offices.values()].filter((office) => !this.#engine.paused.has(office.name))
  }

  #start(key: string, work: () => Promise<unknown>): void {
    const job = work()
      .then(() => (this.#storeFailures = 0))
      .catch((thrown: unknown) => {
        if (isKontorError(thrown) && thrown.code === 'STORE_UNAVAILABLE') this.#waitForStore(thrown)
        else this.#engine.log.error(`${key} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      })
      .finally(() => this.#running.delete(key))
    this.#running.set(key, job)
  }

  async #pull(office: Office, reader: string): Promise<void> {
    const spec = readerSpecs(office).find(([name]) => name === reader)?.[1]
    if (!spec) return
    const result = await pull(this.#engine, {
      office,
      reader,
      spec,
      since: sinceOf(this.#engine, office, spec),
      signal: this.#signal,
      progress: (counts) => this.#progress({ kind: 'pull', connection: office.name, part: reader, ...counts }),
    })
    await this.#note(office, result)
  }

  async #look(office: Office): Promise<void> {
    const key = `look ${office.name}`
    if (this.#paused(key)) return
    await this.#settlePause(office, key, await look(this.#engine, office, this.#signal))
  }

  async #deliver(office: Office, writer: string): Promise<void> {
    const spec = writerSpecs(office).find(([name]) => name === writer)?.[1]
    if (!spec) return
    const from = performance.now()
    const result = await deliver(this.#engine, { office, writer, spec, signal: this.#signal })
    if (!result.error && this.#heldUp.delete(`${office.name}/${writer}`))
      await forgetHeldUp(this.#engine.store, office.name, writerStream(writer))
    this.#settled += result.counts.written + result.counts.refused
    await this.#settlePause(
      office,
      `deliver ${office.name}/${writer}`,
      result,
      performance.now() - from,
      result.outcomes > 0,
    )
  }

  async #reconcile(office: Office, writer: string): Promise<void> {
    const spec = writerSpecs(office).find(([name]) => name === writer)?.[1]
    if (!spec) return
    const readAgain = async (reader: string): Promise<void> => {
      const key = `pull ${office.name}/${reader}`
      // One that is under way may have begun before we looked.
      await this.#running.get(key)
      if (!this.#running.has(key)) this.#start(key, () => this.#pull(office, reader))
      await this.#running.get(key)
    }
    const result = await reconcile(this.#engine, { office, writer, spec, signal: this.#signal, readAgain })
    await this.#note(office, result)
    if (result) this.#progress({ kind: 'reconcile', connection: office.name, part: writer, ...result.counts })
  }

  async #note(office: Office, result: RunResult | undefined): Promise<void> {
    if (!result || result.error?.code === 'ABORTED') return
    const { error } = result
    if (!error) return await noteWorks(this.#engine, office.name)
    this.failures.push(error)
    // A daemon runs for months; only the newest failures are of interest.
    if (this.failures.length > 1000) this.failures.splice(0, 500)
    // What a person has to mend at the connection would fail every job of it in turn.
    if (error.failureType === 'config' && error.scope === 'connection')
      await standStill(this.#engine, office, error, true)
  }

  async #settlePause(
    office: Office,
    key: string,
    result: RunResult | undefined,
    tookMs = 0,
    wentWell = false,
  ): Promise<void> {
    await this.#note(office, result)
    if (!result?.error || result.error.code === 'ABORTED') {
      this.#pauses.delete(key)
      // Due and yet nothing to do: its lanes are held by something unsettled. Look again soon, not at once; later where there are many to look through.
      if (result && Object.values(result.counts).every((count) => count === 0))
        this.#pauses.set(key, {
          failures: 0,
          until: this.#engine.clock.now() + Math.min(longestIdlePauseMs, Math.max(1000, 10 * tookMs)),
        })
      return
    }
    // What went well before it says that the system is there.
    const failures = wentWell ? 1 : (this.#pauses.get(key)?.failures ?? 0) + 1
    const wait =
      result.error.retryAfterMs ?? (result.error.failureType === 'config' ? configPauseMs : backoff(failures))
    this.#pauses.set(key, { failures, until: this.#engine.clock.now() + wait })
  }

  #paused(key: string): boolean {
    return (this.#pauses.get(key)?.until ?? 0) > this.#engine.clock.now()
  }

  async #hasWork(office: Office, writer: string): Promise<boolean> {
    const spec = writerSpecs(office).find(([name]) => name === writer)?.[1]
    if (!spec || this.#paused(`deliver ${office.name}/${writer}`) || !(await this.#caughtUp(office, spec.after ?? [])))
      return false
    const now = this.#engine.clock.now()
    if (!(await anyDue(this.#engine.store.db, office.name, spec.takes, now))) return false
    const heldUp = await loadStream(this.#engine.store, office.name, writerStream(writer))
    if (heldUp) this.#heldUp.add(`${office.name}/${writer}`)
    return (heldUp?.dueAt ?? 0) <= now
  }

  async #hasLooks(office: Office): Promise<boolean> {
    const fetched = readerSpecs(office).flatMap(([name, spec]) =>
      office.parts.readers[name]?.fetch ? [...spec.yields] : [],
    ) as Entity[]
    if (fetched.length === 0 || this.#paused(`look ${office.name}`)) return false
    return (await dueLooks(this.#engine.store, office.name, fetched, 1)).length > 0
  }

  /** `after`: stock is pushed only once the orders that have already lowered it are here. */
  async #caughtUp(office: Office, readers: readonly string[]): Promise<boolean> {
    for (const name of readers) {
      const spec = readerSpecs(office).find(([each]) => each === name)?.[1]
      const stream = await loadStream(this.#engine.store, office.name, name)
      if (
        !spec ||
        !stream ||
        stream.failures > 0 ||
        stream.caughtUpAt === undefined ||
        stream.caughtUpAt < this.#engine.clock.now() - 2 * everyOf(this.#engine, office, name, spec)
      )
        return false
    }
    return true
  }
}
