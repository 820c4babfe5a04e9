import { createMemoryBuckets, type Buckets } from '@kontor/core/host'
import { toInstant, type Instant, type Plugin, type Reader, type Writer } from '@kontor/core'
import type { ReaderScenario, WriterScenario } from '../suite/scenarios.ts'
import { MissingScenario, Violation, type Subject } from '../suite/case.ts'
import type { Suite } from '../suite/suite.ts'
import type { System } from '../suite/system.ts'
import { drive } from './drive.ts'
import type { WireTap } from './wire-tap.ts'
import { openConnection, type OpenConnection, type OpenSettings } from './open-connection.ts'

/** A Monday morning; every case begins at this instant. */
const STARTS_AT = Date.UTC(2026, 2, 2, 8, 0, 0)
/** Reading begins this long before. */
const SINCE_MS = 7 * 86_400_000

export const DAY_MS = 86_400_000

/** What a case works with. Everything opened through it is closed with it. */
export class CaseContext {
  readonly plugin: Plugin
  readonly suite: Suite<System>
  /** What was found, for the report: the same in every run. */
  readonly facts: string[] = []
  /** What was measured, and is another number in the next run: for the JSON alone. */
  readonly measured: string[] = []
  readonly #open: { close(): Promise<void> }[] = []
  readonly #live = new Map<System, OpenConnection[]>()
  readonly #taps: WireTap[] = []
  readonly #buckets = new Map<System, Buckets>()

  constructor(plugin: Plugin, suite: Suite<System>) {
    this.plugin = plugin
    this.suite = suite
  }

  readonly since: Instant = toInstant(STARTS_AT - SINCE_MS)

  /** The system in a fresh world. Its time stands still until somebody waits for it. */
  async start(seed = 1): Promise<System> {
    const system = await this.suite.simulator.start({ seed, clock: { startsAt: STARTS_AT, rate: 'manual' } })
    this.#open.push(system)
    this.#live.set(system, [])
    this.#buckets.set(system, createMemoryBuckets())
    return system
  }

  /** A connection of its own: what one process would have. */
  async connect(
    system: System,
    settings: Partial<Omit<OpenSettings, 'plugin' | 'systemClock' | 'buckets'>> = {},
  ): Promise<OpenConnection> {
    const connection = settings.connection ?? this.suite.connection(system)
    const opened = await openConnection({
      ...settings,
      plugin: this.plugin,
      connection,
      systemClock: system.clock,
      buckets: processView(this.#buckets.get(system) ?? createMemoryBuckets()),
    })
    this.#open.push(opened)
    this.#taps.push(opened.tap)
    this.#live.get(system)?.push(opened)
    return opened
  }

  /** Lets time pass whenever the connections to this system wait for it, until the work settles. */
  async drive<T>(system: System, work: () => Promise<T>): Promise<T> {
    const live = this.#live.get(system) ?? []
    return await drive(
      system,
      () => live.map(({ clock }) => clock),
      () => live.map(({ tap }) => tap),
      work(),
    )
  }

  /** How many requests went through the `http` of all connections so far. */
  get requests(): number {
    return this.#taps.reduce((total, { requests }) => total + requests.length, 0)
  }

  /** A connection whose process has died. */
  bury(system: System, opened: OpenConnection): void {
    opened.die()
    const live = this.#live.get(system) ?? []
    live.splice(live.indexOf(opened), 1)
    this.#open.splice(this.#open.indexOf(opened), 1)
  }

  /** Does this at the end, after everything that is opened later has been closed. */
  defer(work: () => Promise<void>): void {
    this.#open.push({ close: work })
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0).toReversed()) await one.close()
  }

  readerOf(opened: OpenConnection, subject: Subject): Reader {
    const reader = opened.readers[nameOf(subject.reader)]
    if (reader === undefined)
      throw new Violation(`the manifest declares the reader "${subject.reader}", and create() does not return it`)
    return reader
  }

  writerOf(opened: OpenConnection, subject: Subject): Writer {
    const writer = opened.writers[nameOf(subject.writer)]
    if (writer === undefined)
      throw new Violation(`the manifest declares the writer "${subject.writer}", and create() does not return it`)
    return writer
  }

  readerScenario(subject: Subject): ReaderScenario<System> {
    const scenario = this.suite.scenarios.readers?.[nameOf(subject.reader)]
    return scenario ?? missing(`scenarios.readers.${subject.reader}`)
  }

  writerScenario(subject: Subject): WriterScenario<System> {
    const byEntity = this.suite.scenarios.writers?.[nameOf(subject.writer)]
    // Which entity it is was forgotten with the types; it lies under its name.
    const scenario = byEntity?.[subject.entity ?? 'orders'] as WriterScenario<System> | undefined
    return scenario ?? missing(`scenarios.writers.${subject.writer}.${subject.entity}`)
  }
}

/** The same buckets as another process sees them: what is under way at one time is counted in each process, and dies with it. */
const processView = (shared: Buckets): Buckets => ({
  take: (draws, now, priority) => shared.take(draws, now, priority),
  block: (keys, until) => shared.block(keys, until),
  learn: (key, spec, told, now) => shared.learn(key, spec, told, now),
})

/** A scenario that the author of the plugin has to tell, or the case fails. */
export function needed<T>(scenario: T | undefined, path: string): T {
  return scenario ?? missing(path)
}

function missing(path: string): never {
  throw new MissingScenario(
    `the scenario \`${path}\` is missing. Write it, or declare a weaker promise for this case, with its reason, in \`promises\`.`,
  )
}

function nameOf(name: string | undefined): string {
  if (name === undefined) throw new RangeError('this case has no such subject')
  return name
}
