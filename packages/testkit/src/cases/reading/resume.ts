import { eachReader, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import { PageStore } from '../../host/page-store.ts'
import type { StoredPage } from '../../host/read-run.ts'
import { readerSpec } from '../../suite/manifest.ts'
import { DAY_MS, type CaseContext } from '../../stage/context.ts'
import { countForPages, promiseAll, promiseSame, readAll, readAndDie } from './flow.ts'

const chapter = 'reading' as const
/** A checkpoint, and what is kept by the time it is. */
interface Place {
  readonly checkpoint: string
  readonly store: PageStore
}

/** The places of a run that nobody has seen yet. */
function newPlaces(pages: readonly StoredPage[], before: PageStore, seen: Set<string>): Place[] {
  const store = before.copy()
  return pages.flatMap(({ page, checkpoint }) => {
    store.apply(page)
    if (seen.has(checkpoint)) return []
    seen.add(checkpoint)
    return [{ checkpoint, store: store.copy() }]
  })
}

/** Reads to the end, then again from every checkpoint: those of the first run, and the new ones of the runs that went on from them. */
async function resumeInOneWorld(context: CaseContext, subject: Subject, laterMs: number): Promise<void> {
  const scenario = context.readerScenario(subject)
  const system = await context.start()
  const refs = [...(await scenario.create(system, await countForPages(context, subject)))]
  const run = await readAll(context, system, subject)
  promise(run.pages.length > 0, 'the reader yielded no page')
  const seen = new Set<string>()
  const first = newPlaces(run.pages, new PageStore(), seen)
  const goOn = async (places: readonly Place[]): Promise<Place[]> => {
    const truth = await readAll(context, system, subject)
    const more: Place[] = []
    for (const [index, { checkpoint, store }] of places.entries()) {
      const rest = await readAll(context, system, subject, { checkpoint })
      more.push(...newPlaces(rest.pages, store, seen))
      for (const { page } of rest.pages) store.apply(page)
      const when = `after going on from checkpoint ${index + 1} of ${places.length}${laterMs > 0 ? ', a week later' : ''}`
      promiseAll(store, refs, when)
      promiseSame(truth.store, store, when)
    }
    return more
  }
  if (laterMs > 0) {
    await system.clock.advance(laterMs)
    refs.push(...(await scenario.create(system, 3)))
  }
  const second = await goOn(first)
  await system.clock.advance(laterMs)
  refs.push(...(await scenario.create(system, 3)))
  await goOn(second)
  context.facts.push(`resumed from each of ${first.length + second.length} checkpoints`)
}

/** Where reading has effects, each resumption needs a world of its own. */
async function resumeInOwnWorlds(context: CaseContext, subject: Subject, laterMs: number): Promise<void> {
  const count = await countForPages(context, subject)
  const trial = await worldOfOwn(context, subject, count)
  const { pages } = await readAll(context, trial.system, subject)
  promise(pages.length > 0, 'the reader yielded no page')
  for (const index of pages.keys()) {
    const { system, refs } = await worldOfOwn(context, subject, count)
    const stored = new PageStore()
    const kept = (await readAndDie(context, system, subject, { dieWithPage: index + 1 })).pages
    for (const { page } of kept) stored.apply(page)
    await system.clock.advance(laterMs)
    const all = [...refs, ...(laterMs > 0 ? await context.readerScenario(subject).create(system, 3) : [])]
    // What was interrupted is brought to its end first; what has come since may come with the run after.
    let checkpoint = kept.at(-1)?.checkpoint
    for (let run = 0; run < 2; run += 1) {
      const rest = await readAll(context, system, subject, { checkpoint })
      for (const { page } of rest.pages) stored.apply(page)
      checkpoint = rest.checkpoint
    }
    promiseAll(
      stored,
      all,
      `after going on from checkpoint ${index + 1} of ${pages.length}${laterMs > 0 ? ', a week later' : ''}`,
    )
  }
  context.facts.push(`resumed from each of ${pages.length} checkpoints, in worlds of their own`)
}

const hasEffects = (context: CaseContext, subject: Subject): boolean =>
  readerSpec(context.plugin, subject.reader ?? '').effects !== undefined

const resumeFromAll = (context: CaseContext, subject: Subject, laterMs: number): Promise<void> =>
  hasEffects(context, subject)
    ? resumeInOwnWorlds(context, subject, laterMs)
    : resumeInOneWorld(context, subject, laterMs)

async function worldOfOwn(context: CaseContext, subject: Subject, count: number) {
  const system = await context.start()
  return { system, refs: await context.readerScenario(subject).create(system, count) }
}

export const resumeAtOnce: CaseTemplate = {
  chapter,
  id: 'resume',
  promise: 'goes on from every checkpoint it ever yielded, and loses nothing',
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
    promise(pages.length > 0, 'the reader yielded no page')
    for (const index of pages.keys()) {
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
