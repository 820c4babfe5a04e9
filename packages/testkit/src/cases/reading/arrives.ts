import { DoesNotArise, eachReader, promise, type CaseTemplate } from '../../suite/case.ts'
import { manifestOf, readerSpec } from '../../suite/manifest.ts'
import { contentOf, keyOf } from '../../host/page-store.ts'
import { countForPages, promiseAll, promiseSame, promiseWellFormed, readAll } from './flow.ts'

const chapter = 'reading' as const

export const everythingArrives: CaseTemplate = {
  chapter,
  id: 'everything-arrives',
  promise: 'every record arrives, the last page included',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    const count = await countForPages(context, subject)
    const refs = await context.readerScenario(subject).create(system, count)
    promise(refs.length === count, `the scenario create made ${refs.length} of ${count} things`)
    promiseAll((await readAll(context, system, subject)).store, refs, 'in a quiet world')
  },
}

export const wellFormed: CaseTemplate = {
  chapter,
  id: 'canonical',
  promise: 'pages hold canonical records of the declared entities, with ids as text, 500 at most',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    await context.readerScenario(subject).create(system, await countForPages(context, subject))
    const { pages } = await readAll(context, system, subject)
    const spec = readerSpec(context.plugin, subject.reader ?? '')
    for (const { page } of pages) promiseWellFormed(page, subject.reader ?? '', spec)
  },
}

export const stableIds: CaseTemplate = {
  chapter,
  id: 'stable-ids',
  promise: 'two readings from the beginning tell the same things by the same ids, with the same content',
  applies: eachReader,
  async run(context, subject) {
    if (readerSpec(context.plugin, subject.reader ?? '').effects !== undefined)
      throw new DoesNotArise('Reading has effects: the same world cannot be read twice from the beginning.')
    const system = await context.start()
    await context.readerScenario(subject).create(system, await countForPages(context, subject))
    const first = await readAll(context, system, subject)
    const second = await readAll(context, system, subject)
    promiseSame(first.store, second.store, 'when it was read a second time (its id has changed, or it was left out)')
    const strangers = [...second.store.records.keys()].filter((key) => !first.store.records.has(key))
    promise(
      strangers.length === 0,
      `the second reading tells of ${strangers.slice(0, 3).join(', ')}, which the first did not know`,
    )
  },
}

export const toldOnce: CaseTemplate = {
  chapter,
  id: 'pages-once',
  promise: 'in a quiet world no page is told twice',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    await context.readerScenario(subject).create(system, await countForPages(context, subject))
    const { pages } = await readAll(context, system, subject)
    const seen = new Set<string>()
    for (const { page } of pages) {
      if (page.records.length === 0) continue
      const text = page.records.map((record) => keyOf(record) + contentOf(record)).join('\n')
      promise(!seen.has(text), `a page of ${page.records.length} records was yielded twice`)
      seen.add(text)
    }
  },
}

export const secondRunEmpty: CaseTemplate = {
  chapter,
  id: 'second-run-empty',
  promise: 'a second run, when nothing has changed, changes nothing',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    await context.readerScenario(subject).create(system, await countForPages(context, subject))
    const { store, checkpoint } = await readAll(context, system, subject)
    const again = await readAll(context, system, subject, { checkpoint })
    const changed = again.pages.flatMap(({ page }) => store.apply(page))
    promise(changed.length === 0, `the second run changed ${changed.slice(0, 5).join(', ')}, and nothing had happened`)
    context.facts.push(
      `a second run tells ${again.pages.reduce((total, { page }) => total + page.records.length, 0)} of ${store.records.size} records again`,
    )
  },
}

export const sameInstant: CaseTemplate = {
  chapter,
  id: 'one-second',
  promise: '250 records of one instant all arrive, whatever the size of a page, from each of its checkpoints too',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    const refs = await context.readerScenario(subject).create(system, 250)
    const whole = await readAll(context, system, subject)
    promiseAll(whole.store, refs, 'though all are of one instant')
    context.facts.push(`250 records of one instant came on ${whole.pages.length} pages`)
    if (manifestOf(context.plugin).readers[subject.reader ?? '']?.effects !== undefined) return
    for (const { page, checkpoint } of whole.pages.slice(0, 6)) {
      const rest = await readAll(context, system, subject, { checkpoint })
      const before = whole.pages.slice(0, whole.pages.findIndex((one) => one.page === page) + 1)
      for (const kept of before) rest.store.apply(kept.page)
      promiseAll(rest.store, refs, `after going on from the checkpoint behind ${before.length} page(s)`)
    }
  },
}
