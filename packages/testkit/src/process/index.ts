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
import { eachReader, eachWritten, promise, type CaseTemplate, type Subject } from '../suite/case.ts'
import type { System } from '../suite/system.ts'
import { writerSpec } from '../suite/manifest.ts'
import type { KeptPage } from './child.ts'
import { readDurableFile } from './durable-file.ts'
import type { ChildOrders } from './orders.ts'
import { runChild } from './run-child.ts'

const chapter = 'processes' as const
/** Simulated time runs so much faster that two minutes of doubt are a blink, and slow enough for real sockets. */
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

/** Processes one after the other until one comes to the end; the first of them dies. */
async function livesUntilDone(
  makeOrders: () => ChildOrders,
  dieAt: number | undefined,
  killAfterMs?: number,
): Promise<readonly string[]> {
  const first = await runChild({ ...makeOrders(), ...(dieAt === undefined ? {} : { dieAt }) }, killAfterMs)
  if (dieAt !== undefined) promise(first.killed, `the process did not come to its point ${dieAt}`)
  if (!first.killed) return first.points
  for (let life = 1; life < MOST_LIVES; life += 1) {
    const next = await runChild(makeOrders())
    if (!next.killed) return next.points
  }
  return []
}

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder()
  try {
    await work(join(folder.path, 'kept.jsonl'))
  } finally {
    await folder.remove()
  }
}

async function killWriter(
  context: CaseContext,
  subject: Subject,
  dieAt: number | undefined,
  killAfterMs?: number,
): Promise<readonly string[]> {
  const system = await context.start()
  const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 1))
  let points: readonly string[] = []
  await inFolder(async (file) => {
    const work = { is: 'deliver', writer: subject.writer ?? '', wishes } as const
    points = await livesUntilDone(
      () => ordersFor(context, system, file, { ...work, wishes: [...wishes] }),
      dieAt,
      killAfterMs,
    )
    const spec = writerSpec(context.plugin, subject.writer ?? '')
    const rows = foldRows(wishes, readDurableFile<DeskEntry>(file), {
      again: spec.again,
      settlesMs: toMilliseconds(spec.settles ?? '2m'),
      readsBack: true,
    })
    const when =
      dieAt === undefined
        ? killAfterMs === undefined
          ? 'in a process of its own'
          : `after SIGKILL at ${killAfterMs} ms`
        : `after SIGKILL at point ${dieAt}`
    promiseEffects(context, system, subject, { rows, troubles: [] }, { when, mayPark: true })
  })
  await system.close()
  return points
}

const killedWriter: CaseTemplate = {
  chapter,
  id: 'writer-killed',
  promise:
    'real processes killed by SIGKILL before and after every begun, answer and commit: nothing lost, nothing doubled',
  applies: eachWritten,
  async run(context, subject) {
    needed(context.suite.module, 'module')
    const points = await killWriter(context, subject, undefined)
    for (let at = 1; at <= Math.min(points.length, 8); at += 1) await killWriter(context, subject, at)
    for (const ms of [150, 260]) await killWriter(context, subject, undefined, ms)
    context.facts.push(`killed at ${Math.min(points.length, 8)} points and twice from outside`)
  },
}

const killedReader: CaseTemplate = {
  chapter,
  id: 'reader-killed',
  promise: 'a real process killed by SIGKILL with a page in hand, or just kept, loses nothing',
  applies: eachReader,
  async run(context, subject) {
    needed(context.suite.module, 'module')
    const count = await countForPages(context, subject)
    for (const dieAt of [1, 2, 3, 4]) {
      const system = await context.start()
      const refs = await context.readerScenario(subject).create(system, count)
      await inFolder(async (file) => {
        await livesUntilDone(
          () => ordersFor(context, system, file, { is: 'read', reader: subject.reader ?? '', since: context.since }),
          dieAt,
        )
        const store = new PageStore()
        for (const { page } of readDurableFile<KeptPage>(file)) store.apply(page as Page)
        promiseAll(store, refs, `after SIGKILL at point ${dieAt}`)
      })
      await system.close()
    }
  },
}

export const processCases: readonly CaseTemplate[] = [killedWriter, killedReader]
