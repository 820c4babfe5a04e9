import { join } from 'node:path'
import { toMilliseconds, type Page } from '@kontor/core'
import type { DeskEntry } from '../host/desk-log.ts'
import { foldRows } from '../host/desk-rows.ts'
import { PageStore } from '../host/page-store.ts'
import { countForPages, promiseAll } from '../cases/reading/flow.ts'
import { promiseEffects } from '../cases/writing/deliver.ts'
import { prepare } from '../cases/writing/prepare.ts'
import { temporaryFolder } from '../stage/open-connection.ts'
import { needed, type CaseContext } from '../stage/context.ts'
import { eachReader, eachWritten, promise, Violation, type CaseTemplate, type Subject } from '../suite/case.ts'
import type { System } from '../suite/system.ts'
import { writerSpec } from '../suite/manifest.ts'
import type { KeptPage } from './child.ts'
import { readDurableFile } from './durable-file.ts'
import type { ChildOrders } from './orders.ts'
import { runChild } from './run-child.ts'

const chapter = 'processes' as const
/** Simulated time runs so much faster that a plugin's own waiting is a blink, and slow enough for real sockets. */
const RATE = 240
const MOST_LIVES = 4

function ordersFor(context: CaseContext, system: System, file: string, work: ChildOrders['work']): ChildOrders {
  system.clock.setRate(RATE)
  const { config, credentials } = context.suite.connection(system)
  const module = needed(context.suite.module, 'module')
  return {
    module,
    connection: { config, credentials },
    clock: { startsAt: system.clock.now(), rate: RATE },
    file,
    work,
  }
}

type Death = { readonly at: number } | { readonly afterMs: number } | undefined

interface Lives {
  /** The first process died, by SIGKILL. */
  readonly died: boolean
  /** How long the last one worked. */
  readonly workMs: number
}

/** Processes one after the other until one comes to the end. The first of them dies, if it comes to the point or moment of its death. */
async function livesUntilDone(system: System, makeOrders: () => ChildOrders, death: Death): Promise<Lives> {
  const dieAt = death !== undefined && 'at' in death ? { dieAt: death.at } : {}
  const afterMs = death !== undefined && 'afterMs' in death ? death.afterMs : undefined
  const advance = (ms: number): Promise<void> => system.clock.advance(ms)
  const first = await runChild({ orders: { ...makeOrders(), ...dieAt }, killAfterMs: afterMs, advance })
  if (!first.killed) return { died: false, workMs: first.workMs }
  for (let life = 1; life < MOST_LIVES; life += 1) {
    const next = await runChild({ orders: makeOrders(), advance })
    if (!next.killed) return { died: true, workMs: next.workMs }
  }
  throw new Violation(`${MOST_LIVES} processes, one after the other, did not come to an end within a minute each`)
}

/** One death at each point that a process passes, two side by side, until there is none left. Answers how many there were. */
async function atEveryPoint(kill: (at: number) => Promise<Lives>): Promise<{ points: number; workMs: number }> {
  for (let at = 1; ; at += 2) {
    const pair = await Promise.allSettled([kill(at), kill(at + 1)])
    const [first, second] = pair.map((one) => {
      if (one.status === 'rejected') throw one.reason
      return one.value
    })
    if (second?.died === false) return { points: first?.died === true ? at : at - 1, workMs: second.workMs }
  }
}

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder()
  try {
    await work(join(folder.path, 'kept.jsonl'))
  } finally {
    await folder.remove()
  }
}

const named = (death: Death): string =>
  death === undefined
    ? 'in a process of its own'
    : 'at' in death
      ? `after SIGKILL at point ${death.at}`
      : `after SIGKILL from outside, ${Math.round(death.afterMs)} ms after the work began`

async function killWriter(context: CaseContext, subject: Subject, death: Death): Promise<Lives> {
  const system = await context.start()
  const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 1))
  let lives: Lives = { died: false, workMs: 0 }
  await inFolder(async (file) => {
    const work = { is: 'deliver', writer: subject.writer ?? '', wishes } as const
    lives = await livesUntilDone(
      system,
      () => ordersFor(context, system, file, { ...work, wishes: [...wishes] }),
      death,
    )
    const spec = writerSpec(context.plugin, subject.writer ?? '')
    const rows = foldRows(wishes, readDurableFile<DeskEntry>(file), {
      again: spec.again,
      settlesMs: toMilliseconds(spec.settles ?? '2m'),
      readsBack: true,
    })
    promiseEffects(context, system, subject, { rows, troubles: [] }, { when: named(death), mayPark: true })
  })
  await system.close()
  return lives
}

/** Of the time that the work takes. */
const FROM_OUTSIDE = [0.2, 0.5, 0.8]

const killedWriter: CaseTemplate = {
  chapter,
  id: 'writer-killed',
  promise:
    'real processes killed by SIGKILL before and after every begun, answer and commit: nothing lost, nothing doubled',
  applies: eachWritten,
  async run(context, subject) {
    needed(context.suite.module, 'module')
    const { points, workMs } = await atEveryPoint((at) => killWriter(context, subject, { at }))
    promise(points > 0, 'the writer passed no point: nothing had begun and no outcome was yielded')
    for (const part of FROM_OUTSIDE) await killWriter(context, subject, { afterMs: part * workMs })
    context.facts.push(`killed at each of its ${points} points, and ${FROM_OUTSIDE.length} times from outside`)
  },
}

async function killReader(context: CaseContext, subject: Subject, count: number, death: Death): Promise<Lives> {
  const system = await context.start()
  const refs = await context.readerScenario(subject).create(system, count)
  let lives: Lives = { died: false, workMs: 0 }
  await inFolder(async (file) => {
    const work = { is: 'read', reader: subject.reader ?? '', since: context.since } as const
    lives = await livesUntilDone(system, () => ordersFor(context, system, file, work), death)
    const store = new PageStore()
    for (const { page } of readDurableFile<KeptPage>(file)) store.apply(page as Page)
    promiseAll(store, refs, named(death))
  })
  await system.close()
  return lives
}

const killedReader: CaseTemplate = {
  chapter,
  id: 'reader-killed',
  promise: 'real processes killed by SIGKILL with each page in hand, and with each just kept, lose nothing',
  applies: eachReader,
  async run(context, subject) {
    needed(context.suite.module, 'module')
    const count = await countForPages(context, subject)
    const { points } = await atEveryPoint((at) => killReader(context, subject, count, { at }))
    promise(points > 0, 'the reader yielded no page')
    context.facts.push(`killed at each of its ${points} points`)
  },
}

export const processCases: readonly CaseTemplate[] = [killedWriter, killedReader]
