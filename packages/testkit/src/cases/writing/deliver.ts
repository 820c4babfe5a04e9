import { toInstant, type Outcome } from '@kontor/core'
import { createDeskLog, type DeskLog } from '../../host/desk-log.ts'
import type { PreparedWish, Row } from '../../host/desk-rows.ts'
import { Desk, type DeskTrouble } from '../../host/desk.ts'
import { Mortality } from '../../host/mortality.ts'
import type { CaseContext } from '../../stage/context.ts'
import type { OpenConnection } from '../../stage/open-connection.ts'
import type { TappedRequest, WireHooks } from '../../stage/wire-tap.ts'
import { promise, type Subject } from '../../suite/case.ts'
import { writerSpec } from '../../suite/manifest.ts'
import type { System } from '../../suite/system.ts'
import { describeThrown } from '../../host/read-run.ts'

export interface DeliverSettings {
  readonly log?: DeskLog
  /** The point at which the first process dies: its number, or the first of this name. */
  readonly dieAt?: number | string
  /** Called when *begun* has been kept, before the request leaves: the place for faults. */
  onBegun?(call: { method: string; url: string }): void
  readonly hooks?: WireHooks
  readonly signal?: AbortSignal
}

export interface Delivered {
  readonly rows: readonly Row[]
  readonly log: DeskLog
  readonly troubles: readonly DeskTrouble[]
  /** Every outcome as it was yielded. */
  readonly said: readonly Outcome[]
  /** The points of the process that lived to the end or died. */
  readonly points: readonly string[]
  readonly died: boolean
  readonly opened: OpenConnection
}

/** The life of one process that delivers these wishes: to the end, or to its death. */
export async function deliverOnce(
  context: CaseContext,
  system: System,
  subject: Subject,
  wishes: readonly PreparedWish[],
  settings: DeliverSettings = {},
): Promise<Delivered> {
  const log = settings.log ?? createDeskLog()
  const mortality = new Mortality(settings.dieAt)
  let desk: Desk | undefined
  const opened = await context.connect(system, {
    journal: {
      async begin(keys, call) {
        await desk?.begin(keys)
        settings.onBegun?.(call)
      },
    },
    hooks: mortalHooks(mortality, settings.hooks),
  })
  desk = new Desk({
    plugin: context.plugin,
    writerName: subject.writer ?? '',
    writer: context.writerOf(opened, subject),
    clock: opened.clock,
    wishes,
    log,
    point: (name) => mortality.point(name),
    ...(settings.signal === undefined ? {} : { signal: settings.signal }),
  })
  const working = desk.work()
  working.catch(() => undefined)
  await context.drive(system, () => Promise.race([working, mortality.death]))
  if (mortality.dead) context.bury(system, opened)
  return {
    rows: desk.rows,
    log,
    troubles: desk.troubles,
    said: desk.said,
    points: mortality.points,
    died: mortality.dead,
    opened,
  }
}

/** A process that dies, and those after it that bring its work to an end. */
export async function deliver(
  context: CaseContext,
  system: System,
  subject: Subject,
  wishes: readonly PreparedWish[],
  settings: DeliverSettings = {},
): Promise<Delivered> {
  const first = await deliverOnce(context, system, subject, wishes, settings)
  if (!first.died) return first
  return {
    ...(await deliverOnce(context, system, subject, wishes, { log: first.log })),
    died: true,
    points: first.points,
  }
}

const isWrite = ({ method }: TappedRequest): boolean => method !== 'GET' && method !== 'HEAD'

/** A writing request may be the last thing that a process does, or its answer the first thing it does not get. */
function mortalHooks(mortality: Mortality, hooks: WireHooks | undefined): WireHooks {
  return {
    async before(request) {
      if (mortality.dead || isWrite(request)) await mortality.point(`request ${request.method}`)
      await hooks?.before?.(request)
    },
    async after(request, response) {
      const answer = (await hooks?.after?.(request, response)) ?? response
      if (mortality.dead || isWrite(request)) await mortality.point(`answer to ${request.method}`)
      return answer
    },
  }
}

/** The wishes as another process would hold them that knows only that each of their calls had begun. */
export function allBegun(context: CaseContext, system: System, wishes: readonly PreparedWish[]): DeskLog {
  const log = createDeskLog()
  log.append({ kind: 'begun', keys: wishes.map(({ key }) => key), at: Date.parse(toInstant(system.clock.now())) })
  return log
}

export interface Expectation {
  /** A wish in doubt may end parked, without effect. */
  readonly mayPark?: boolean
  readonly when: string
}

/** Each wish has ended with one effect (where a person decides: with one at most), and the system holds what it says. */
export function promiseEffects(
  context: CaseContext,
  system: System,
  subject: Subject,
  delivered: Pick<Delivered, 'rows' | 'troubles'>,
  expected: Expectation,
): void {
  const scenario = context.writerScenario(subject)
  const never = writerSpec(context.plugin, subject.writer ?? '').again === 'never'
  for (const row of delivered.rows) {
    const effects = scenario.effects(system, row.wish.record)
    const named = `${row.wish.record.entity}/${row.wish.record.id}`
    promise(effects <= 1, `${named} took effect ${effects} times ${expected.when}: once is right`)
    if (row.state === 'parked' && never && expected.mayPark === true) continue
    promise(
      row.state === 'done',
      () => `${named} ended "${row.state}" ${expected.when}${trouble(row, delivered.troubles)}`,
    )
    promise(effects === 1, `${named} is said to be done ${expected.when}, and had no effect`)
    promise(
      scenario.holds(system, row.wish.record),
      `${named} is said to be done ${expected.when}, and the system does not hold it`,
    )
  }
}

function trouble(row: Row, troubles: readonly DeskTrouble[]): string {
  const error = row.outcome?.error
  if (error !== undefined) return ` (${error.code}: ${error.message})`
  const thrown = troubles.at(-1)?.thrown
  return thrown === undefined ? '' : ` (${describeThrown(thrown)})`
}
