import { eachReader, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import { PageStore } from '../../host/page-store.ts'
import { readerSpec } from '../../suite/manifest.ts'
import { DAY_MS, type CaseContext } from '../../stage/context.ts'
import { countForPages, promiseAll, promiseSame, readAll, readAndDie } from './flow.ts'

const chapter = 'reading' as const
/** Worlds of more checkpoints than this are resumed at some of them, spread evenly. */
const MOST_RESUMES = 12

/** Reads to the end, then again from checkpoints on the way, and compares with a reading of everything. */
async function resumeFromAll(context: CaseContext, subject: Subject, laterMs: number): Promise<void> {
  const scenario = context.readerScenario(subject)
  const hasEffects = readerSpec(context.plugin, subject.reader ?? '').effects !== undefined
  const first = await context.start()
  const count = await countForPages(context, subject)
  await scenario.create(first, count)
  const { pages: foreseen } = await readAll(context, first, subject)
  // Where reading has effects each resumption needs a world of its own; elsewhere one world serves them all.
  const system = await context.start()
  const refs = [...(await scenario.create(system, count))]
  const run = hasEffects ? undefined : await readAll(context, system, subject)
  if (laterMs > 0 && !hasEffects) {
    await system.clock.advance(laterMs)
    refs.push(...(await scenario.create(system, 3)))
  }
  const truth = hasEffects ? undefined : await readAll(context, system, subject)
  for (const index of spread(foreseen.length, MOST_RESUMES)) {
    const world = hasEffects ? await worldOfOwn(context, subject, count) : { system, refs }
    const stored = new PageStore()
    const kept =
      run?.pages.slice(0, index + 1) ??
      (await readAndDie(context, world.system, subject, { dieWithPage: index + 1 })).pages
    for (const { page } of kept) stored.apply(page)
    if (hasEffects && laterMs > 0) await world.system.clock.advance(laterMs)
    const rest = await readAll(context, world.system, subject, { checkpoint: kept.at(-1)?.checkpoint })
    for (const { page } of rest.pages) stored.apply(page)
    const when = `after going on from checkpoint ${index + 1} of ${foreseen.length}${laterMs > 0 ? ', a week later' : ''}`
    promiseAll(stored, world.refs, when)
    if (truth !== undefined) promiseSame(truth.store, stored, when)
  }
  context.facts.push(`resumed from ${Math.min(foreseen.length, MOST_RESUMES)} of ${foreseen.length} checkpoints`)
}

async function worldOfOwn(context: CaseContext, subject: Subject, count: number) {
  const system = await context.start()
  return { system, refs: await context.readerScenario(subject).create(system, count) }
}

function spread(length: number, most: number): number[] {
  promise(length > 0, 'the reader yielded no page')
  if (length <= most) return Array.from({ length }, (_, index) => index)
  return Array.from({ length: most }, (_, index) => Math.floor((index * (length - 1)) / (most - 1)))
}

export const resumeAtOnce: CaseTemplate = {
  chapter,
  id: 'resume',
  promise: 'goes on from every checkpoint it yielded, and loses nothing',
  applies: eachReader,
  run: (context, subject) => resumeFromAll(context, subject, 0),
}

export const resumeLater: CaseTemplate = {
  chapter,
  id: 'resume-later',
  promise: 'goes on from every checkpoint a week later, with what has come since',
  applies: eachReader,
  run: (context, subject) => resumeFromAll(context, subject, 7 * DAY_MS),
}

export const killedBeforeCommit: CaseTemplate = {
  chapter,
  id: 'killed-before-commit',
  promise: 'a page that was yielded and never kept is told again by the next run',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const count = await countForPages(context, subject)
    const trial = await context.start()
    await scenario.create(trial, count)
    const { pages } = await readAll(context, trial, subject)
    for (const index of spread(pages.length, MOST_RESUMES)) {
      const { system, refs } = await worldOfOwn(context, subject, count)
      const stored = new PageStore()
      const run = await readAndDie(context, system, subject, { dieWithPage: index })
      for (const { page } of run.pages) stored.apply(page)
      const rest = await readAll(context, system, subject, { checkpoint: run.pages.at(-1)?.checkpoint })
      for (const { page } of rest.pages) stored.apply(page)
      promiseAll(stored, refs, `after a death with page ${index + 1} in hand`)
    }
  },
}
