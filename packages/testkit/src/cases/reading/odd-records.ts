import { isKontorError, type AnyRecord, type Ref } from '@kontor/core'
import { keyOf, PageStore } from '../../host/page-store.ts'
import { needed, type CaseContext } from '../../stage/context.ts'
import type { OpenConnection } from '../../stage/open-connection.ts'
import { DoesNotArise, eachReader, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import type { System } from '../../suite/system.ts'
import { promiseAll, readAll } from './flow.ts'

const chapter = 'reading' as const

export const badRecordAlone: CaseTemplate = {
  chapter,
  id: 'bad-record',
  promise: 'a record it cannot understand is rejected alone, with path and raw value, and its neighbours arrive',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const malform = needed(scenario.malform?.bind(scenario), `scenarios.readers.${subject.reader}.malform`)
    const system = await context.start()
    const refs = await scenario.create(system, 9)
    const [bad] = refs.slice(4)
    if (bad === undefined) return
    await malform(system, bad)
    const { store, checkpoint } = await readAll(context, system, subject)
    promiseAll(
      store,
      refs.filter(({ id }) => id !== bad.id),
      'beside one that cannot be understood',
    )
    promise(
      store.rejected.length > 0,
      `${keyOf(bad)} cannot be understood, and was not rejected: it is lost without a word${store.has(bad) ? ' of what is wrong with it' : ''}`,
    )
    const [rejection] = store.rejected
    promise(store.rejected.length === 1, `one record is malformed, and ${store.rejected.length} were rejected`)
    promise(
      isKontorError(rejection?.error) && rejection.error.scope === 'record',
      'a rejection carries an error that stops more than its record',
    )
    promise(rejection.raw !== undefined, 'the rejection has no raw value: it could never be replayed')
    promise(
      rejection.ref === undefined || rejection.ref.id === bad.id,
      `the rejection names ${rejection.ref?.id}, and ${bad.id} is the one`,
    )
    const more = await scenario.create(system, 2)
    promiseAll(
      (await readAll(context, system, subject, { checkpoint })).store,
      more,
      'in the run after one with a rejection',
    )
  },
}

export const unknownStatus: CaseTemplate = {
  chapter,
  id: 'unknown-status',
  promise: 'a status nobody told us about arrives as `unknown` with the vendor’s word, and stops nothing',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const strange = needed(scenario.unknownStatus?.bind(scenario), `scenarios.readers.${subject.reader}.unknownStatus`)
    const system = await context.start()
    const refs = await scenario.create(system, 5)
    const [ref] = refs.slice(2)
    if (ref === undefined) return
    await strange(system, ref)
    const { store } = await readAll(context, system, subject)
    promiseAll(store, refs, 'beside one with an unknown status')
    promise(
      hasUnknown(store.get(ref)),
      `${keyOf(ref)} has a status nobody told us about, and nothing in its record says \`unknown\` with the vendor's word`,
    )
  },
}

function hasUnknown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (
    'value' in value &&
    value.value === 'unknown' &&
    'source' in value &&
    typeof value.source === 'string' &&
    value.source !== ''
  )
    return true
  return Object.values(value).some(hasUnknown)
}

async function fetched(
  context: CaseContext,
  system: System,
  opened: OpenConnection,
  subject: Subject,
  refs: readonly Ref[],
): Promise<PageStore | undefined> {
  const reader = context.readerOf(opened, subject)
  if (reader.fetch === undefined) return undefined
  const store = new PageStore()
  await context.drive(system, async () => {
    for await (const intake of reader.fetch?.(refs, new AbortController().signal) ?? []) store.apply(intake)
  })
  return store
}

export const fetchAgrees: CaseTemplate = {
  chapter,
  id: 'fetch-agrees',
  promise: 'reading by id tells the same as reading the list',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    const refs = await context.readerScenario(subject).create(system, 5)
    const opened = await context.connect(system)
    const byId = await fetched(context, system, opened, subject, refs)
    if (byId === undefined) throw new DoesNotArise('It cannot read by id.')
    const { store } = await readAll(context, system, subject)
    promiseAll(byId, refs, 'by id')
    for (const ref of refs) {
      const different = disagreement(store.get(ref), byId.get(ref))
      promise(different === undefined, `${keyOf(ref)} is told differently by id than in the list: ${different}`)
    }
  },
}

export const absentStays: CaseTemplate = {
  chapter,
  id: 'absent-says-nothing',
  promise: 'a list that does not tell a field says nothing about it, and empties nothing that was known',
  applies: eachReader,
  async run(context, subject) {
    const system = await context.start()
    const refs = await context.readerScenario(subject).create(system, 5)
    const opened = await context.connect(system)
    const store = await fetched(context, system, opened, subject, refs)
    if (store === undefined) throw new DoesNotArise('It cannot read by id.')
    const before = new Map(refs.map((ref) => [keyOf(ref), store.get(ref)]))
    for (const { page } of (await readAll(context, system, subject)).pages) store.apply(page)
    for (const ref of refs) {
      const emptied = emptiedPath(before.get(keyOf(ref)), store.get(ref))
      promise(
        emptied === undefined,
        `${keyOf(ref)}: the list emptied "${emptied}", which reading by id had told; leave out what the list does not say`,
      )
    }
  },
}

export const vanishedIds: CaseTemplate = {
  chapter,
  id: 'vanished-ids',
  promise: 'an id that the system no longer knows is left out, and the others are told',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const system = await context.start()
    const refs = await scenario.create(system, 5)
    const opened = await context.connect(system)
    if (context.readerOf(opened, subject).fetch === undefined) throw new DoesNotArise('It cannot read by id.')
    const remove = needed(scenario.remove?.bind(scenario), `scenarios.readers.${subject.reader}.remove`)
    const [gone] = refs.slice(1)
    if (gone === undefined) return
    await remove(system, gone)
    const store = await fetched(context, system, opened, subject, refs)
    promiseAll(
      store ?? new PageStore(),
      refs.filter(({ id }) => id !== gone.id),
      'by id, beside one that has vanished',
    )
    promise(store?.has(gone) !== true, `${keyOf(gone)} was removed from the system, and reading by id still tells it`)
  },
}

/** The first path that both tell and tell differently. */
function disagreement(list: AnyRecord | undefined, byId: AnyRecord | undefined): string | undefined {
  return compare(list, byId, '', (a, b) => a !== undefined && b !== undefined && a !== null && b !== null && a !== b)
}

/** The first path that was something and is nothing. */
function emptiedPath(before: AnyRecord | undefined, after: AnyRecord | undefined): string | undefined {
  return compare(before, after, '', (a, b) => a !== undefined && a !== null && (b === null || b === undefined))
}

const CIRCUMSTANCES = new Set(['version', 'updatedAt', 'asOf', 'extensions'])

function compare(
  a: unknown,
  b: unknown,
  path: string,
  differs: (a: unknown, b: unknown) => boolean,
): string | undefined {
  if (!isContainer(a) || !isContainer(b)) return differs(a, b) ? path : undefined
  for (const key of Object.keys(a)) {
    if (path === '' && CIRCUMSTANCES.has(key)) continue
    const found = compare(Reflect.get(a, key), Reflect.get(b, key), path === '' ? key : `${path}.${key}`, differs)
    if (found !== undefined) return found
  }
  return undefined
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null
