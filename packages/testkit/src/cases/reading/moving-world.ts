import { eachReader, promise, type CaseTemplate } from '../../suite/case.ts'
import { keyOf, PageStore } from '../../host/page-store.ts'
import { needed } from '../../stage/context.ts'
import { countForPages, promiseAll, promiseSame, readAll } from './flow.ts'
import { readerSpec } from '../../suite/manifest.ts'

const chapter = 'reading' as const

export const pagesShift: CaseTemplate = {
  chapter,
  id: 'pages-shift',
  promise: 'loses nothing while the list moves between its pages',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const change = needed(scenario.change?.bind(scenario), `scenarios.readers.${subject.reader}.change`)
    const system = await context.start()
    const refs = [...(await scenario.create(system, await countForPages(context, subject)))]
    await system.clock.advance(60_000)
    const first = await readAll(context, system, subject, {
      async afterPage(_, index) {
        if (index > 5) return
        await system.clock.advance(1_000)
        const [moved] = refs.slice(index)
        if (moved !== undefined) await change(system, moved)
        refs.push(...(await scenario.create(system, 2)))
      },
    })
    await system.clock.advance(60_000)
    const next = await readAll(context, system, subject, { checkpoint: first.checkpoint })
    for (const { page } of next.pages) first.store.apply(page)
    promiseAll(first.store, refs, 'while orders came and changed between the pages')
    if (readerSpec(context.plugin, subject.reader ?? '').effects === undefined)
      promiseSame((await readAll(context, system, subject)).store, first.store, 'after the list had moved')
  },
}

export const pagesDisordered: CaseTemplate = {
  chapter,
  id: 'pages-disordered',
  promise: 'loses nothing and falsifies nothing when the system repeats things or lists them in another order',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const disorder = needed(scenario.disorder?.bind(scenario), `scenarios.readers.${subject.reader}.disorder`)
    const system = await context.start()
    const refs = await scenario.create(system, await countForPages(context, subject))
    await disorder(system)
    const { store, checkpoint } = await readAll(context, system, subject)
    promiseAll(store, refs, 'from a list in disorder')
    const more = await scenario.create(system, 3)
    const next = await readAll(context, system, subject, { checkpoint })
    for (const { page } of next.pages) store.apply(page)
    promiseAll(store, more, 'from a list in disorder, in the next run')
  },
}

export const changesArrive: CaseTemplate = {
  chapter,
  id: 'changes-arrive',
  promise: 'a change arrives with the next run',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const change = needed(scenario.change?.bind(scenario), `scenarios.readers.${subject.reader}.change`)
    const system = await context.start()
    const [ref] = await scenario.create(system, 5)
    const { store, checkpoint } = await readAll(context, system, subject)
    await system.clock.advance(3_600_000)
    if (ref === undefined) return
    await change(system, ref)
    await system.clock.advance(60_000)
    const next = await readAll(context, system, subject, { checkpoint })
    const changed = next.pages.flatMap(({ page }) => store.apply(page))
    promise(changed.includes(keyOf(ref)), `${keyOf(ref)} had changed, and the next run did not say so`)
  },
}

export const clockSkew: CaseTemplate = {
  chapter,
  id: 'clock-skew',
  promise: 'loses nothing from any checkpoint when our clock and the system’s differ by ten minutes, either way',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const resumable = readerSpec(context.plugin, subject.reader ?? '').effects === undefined
    const count = await countForPages(context, subject)
    for (const skewMs of [-600_000, 600_000]) {
      const system = await context.start()
      const when = `with our clock ${skewMs > 0 ? 'ahead' : 'behind'}`
      const store = new PageStore()
      const places: { checkpoint: string; store: PageStore }[] = []
      const refs = [...(await scenario.create(system, count))]
      for (const pauseMs of [0, 0, 30_000, 900_000]) {
        await system.clock.advance(pauseMs)
        if (places.length > 0) refs.push(...(await scenario.create(system, 3)))
        const run = await readAll(context, system, subject, { skewMs, checkpoint: places.at(-1)?.checkpoint })
        for (const { page, checkpoint } of run.pages) {
          store.apply(page)
          places.push({ checkpoint, store: store.copy() })
        }
      }
      promiseAll(store, refs, when)
      for (const place of resumable ? places : []) {
        const rest = await readAll(context, system, subject, { skewMs, checkpoint: place.checkpoint })
        for (const { page } of rest.pages) place.store.apply(page)
        promiseAll(place.store, refs, `${when}, going on from an earlier checkpoint`)
      }
    }
  },
}
