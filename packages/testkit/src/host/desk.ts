import { isKontorError, toMilliseconds, type Clock, type Outcome, type Plugin, type Writer } from '@kontor/core'
import { Violation } from '../suite/case.ts'
import { writerSpec } from '../suite/manifest.ts'
import { storeOutcome, type DeskEntry, type DeskLog } from './desk-log.ts'
import { applyEntry, deliveryOf, foldRows, type DeskRules, type PreparedWish, type Row } from './desk-rows.ts'

export interface DeskSettings {
  readonly plugin: Plugin
  readonly writerName: string
  readonly writer: Writer
  readonly clock: Clock
  readonly wishes: readonly PreparedWish[]
  /** What earlier processes have kept. */
  readonly log: DeskLog
  readonly signal?: AbortSignal
  /** Passed before and after each commit; where processes die. */
  point?(name: string): Promise<void>
  /** How it waits while nothing is under way. Default: by the clock. */
  readonly rest?: (ms: number) => Promise<void>
}

/** What went wrong without ending a delivery. */
export interface DeskTrouble {
  readonly thrown: unknown
  readonly during: 'write' | 'readBack'
}

const MOST_ROUNDS = 60
const MOST_THROWS = 8

/**
 * The part of the runner that a writer meets, small and honest: lanes whole and in order, each outcome kept at once, a delivery in doubt
 * treated by the writer's own word (`again`), absences believed only after `settles`, what waits taken up again. One instance is the
 * life of one process; the log outlives it.
 */
export class Desk {
  readonly rows: Row[]
  readonly troubles: DeskTrouble[] = []
  /** Every outcome as it was yielded. */
  readonly said: Outcome[] = []
  readonly #settings: DeskSettings
  readonly #rules: DeskRules
  readonly #batchMax: number
  #throws = 0

  constructor(settings: DeskSettings) {
    const spec = writerSpec(settings.plugin, settings.writerName)
    this.#settings = settings
    this.#batchMax = spec.batch?.max ?? 50
    this.#rules = {
      again: spec.again,
      settlesMs: toMilliseconds(spec.settles ?? '2m'),
      readsBack: settings.writer.readBack !== undefined,
    }
    this.rows = foldRows(settings.wishes, settings.log.entries, this.#rules)
  }

  /** *Begun*, durably, before the first byte; what the HTTP client calls. */
  begin = async (keys: readonly string[]): Promise<void> => {
    await this.#settings.point?.('before begun')
    this.#keep({ kind: 'begun', keys, at: this.#settings.clock.now() })
    await this.#settings.point?.('begun')
  }

  /** Works until everything is settled, or rests on something that only others can change. */
  async work(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS && this.#throws < MOST_THROWS; round += 1) {
      for (const row of this.rows)
        if (this.#isLost(row)) this.#keep({ kind: 'parked', key: row.wish.key, at: this.#now() })
      const due = this.rows.filter((row) => this.#isDue(row))
      const asked = due.filter((row) => this.#asksFirst(row))
      const written = this.#batch(due.filter((row) => !this.#asksFirst(row)))
      if (asked.length > 0) await this.#ask(asked)
      else if (written.length > 0) await this.#write(written)
      else if (!(await this.#sleepUntilDue())) return
    }
  }

  #now = (): number => this.#settings.clock.now()

  #isDue(row: Row): boolean {
    if (row.state === 'waiting') return row.dueAt !== undefined && row.dueAt <= this.#now()
    return isOpen(row) && (row.dueAt ?? 0) <= this.#now()
  }

  /** In doubt, and nobody can be asked. */
  #isLost(row: Row): boolean {
    return (
      (row.state === 'begun' && this.#rules.again === 'never') ||
      (row.state === 'sent' && !this.#rules.readsBack && this.#rules.again !== 'safe')
    )
  }

  #asksFirst(row: Row): boolean {
    if (!this.#rules.readsBack) return false
    return row.state === 'sent' || (row.state === 'begun' && this.#rules.again === 'ask')
  }

  /** Whole lanes, in order; a lane that has something unsettled before it waits. */
  #batch(due: readonly Row[]): Row[] {
    const batch: Row[] = []
    for (const lane of Map.groupBy(due, (row) => row.wish.lane).values()) {
      const laneName = lane[0]?.wish.lane
      const blocked = this.rows.some((row) => row.wish.lane === laneName && this.#asksFirst(row))
      if (blocked || (batch.length > 0 && batch.length + lane.length > this.#batchMax)) continue
      batch.push(...lane)
    }
    return batch
  }

  async #ask(rows: readonly Row[]): Promise<void> {
    const { writer, signal } = this.#settings
    await this.#collect(
      'readBack',
      rows,
      (deliveries, given) => writer.readBack?.(deliveries, given) ?? nothing(),
      signal,
    )
    // Who was asked about and not spoken of is asked again later.
    for (const row of rows)
      if (this.#asksFirst(row) && (row.dueAt ?? 0) <= this.#now()) row.dueAt = this.#now() + 60_000
  }

  async #write(rows: readonly Row[]): Promise<void> {
    const { writer, signal } = this.#settings
    await this.#collect('write', rows, (deliveries, given) => writer.write(deliveries, given), signal)
    for (const row of rows) if (row.state === 'pending') row.dueAt = this.#now() + 30_000
  }

  async #collect(
    during: 'write' | 'readBack',
    rows: readonly Row[],
    call: (deliveries: ReturnType<typeof deliveryOf>[], signal: AbortSignal) => AsyncIterable<Outcome>,
    signal = new AbortController().signal,
  ): Promise<void> {
    const open = new Set(rows.map((row) => row.wish.key))
    try {
      for await (const outcome of call(rows.map(deliveryOf), signal)) {
        this.said.push(outcome)
        if (!open.delete(outcome.key))
          throw new Violation(
            `${during} yielded an outcome for "${outcome.key}", which was not asked for or had one already`,
          )
        if (during === 'write' && outcome.is === 'absent')
          throw new Violation('write yielded "absent", which only readBack may say')
        const isNews = during === 'write' || !this.#isStillSent(outcome)
        if (isNews) await this.#settings.point?.(`outcome of ${during} in hand`)
        this.#keep({ kind: 'outcome', from: during, outcome: storeOutcome(outcome), at: this.#now() })
        if (isNews) await this.#settings.point?.(`outcome of ${during} kept`)
      }
    } catch (thrown) {
      if (thrown instanceof Violation) throw thrown
      this.troubles.push({ thrown, during })
      this.#throws += 1
      if (signal.aborted || !isKontorError(thrown) || thrown.retry === 'never') this.#throws = MOST_THROWS
      else await this.#settings.clock.sleep(thrown.retryAfterMs ?? 30_000 * 2 ** this.#throws, signal)
    }
  }

  /** An answer that a job is still under way leaves everything as it was; whoever dies there has lost nothing. */
  #isStillSent(outcome: Outcome): boolean {
    if (outcome.is !== 'sent') return false
    const row = this.rows.find(({ wish }) => wish.key === outcome.key)
    const isSame = (told: string | undefined, known: string | undefined): boolean =>
      told === undefined || told === known
    return row?.state === 'sent' && isSame(outcome.ticket, row.ticket) && isSame(outcome.item, row.item)
  }

  #keep(entry: DeskEntry): void {
    this.#settings.log.append(entry)
    const keys = entry.kind === 'begun' ? entry.keys : [entry.kind === 'outcome' ? entry.outcome.key : entry.key]
    for (const row of this.rows) if (keys.includes(row.wish.key)) applyEntry(row, entry, this.#rules)
  }

  /** False when nothing will ever be due. */
  async #sleepUntilDue(): Promise<boolean> {
    const dues = this.rows.flatMap((row) =>
      (isOpen(row) || row.state === 'waiting') && row.dueAt !== undefined ? [row.dueAt] : [],
    )
    if (dues.length === 0) return false
    const { rest, clock } = this.#settings
    const ms = Math.max(1, Math.min(...dues) - this.#now())
    await (rest === undefined ? clock.sleep(ms) : rest(ms))
    return true
  }
}

const isOpen = ({ state }: Row): boolean => state === 'pending' || state === 'begun' || state === 'sent'

async function* nothing(): AsyncGenerator<Outcome> {
  // A writer without readBack has nothing to say.
}
