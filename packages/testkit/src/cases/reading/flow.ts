import { recordSchemas, type Page, type Ref, type ReaderSpec } from '@kontor/core'
import { contentOf, keyOf, type PageStore } from '../../host/page-store.ts'
import { readOnce, readToEnd, type ReadResult, type ReadSettings } from '../../host/read-run.ts'
import type { CaseContext } from '../../stage/context.ts'
import type { OpenConnection } from '../../stage/open-connection.ts'
import { promise, type Subject } from '../../suite/case.ts'
import type { System } from '../../suite/system.ts'

/** Reads with a connection of its own, as a run of the runner does, until nothing more is said. */
export async function readAll(
  context: CaseContext,
  system: System,
  subject: Subject,
  settings: Partial<ReadSettings> & { opened?: OpenConnection; skewMs?: number } = {},
): Promise<ReadResult> {
  const { opened: given, skewMs, ...rest } = settings
  const opened = given ?? (await context.connect(system, skewMs === undefined ? {} : { skewMs }))
  const reader = context.readerOf(opened, subject)
  const result = await context.drive(system, () =>
    readToEnd(context.plugin, subject.reader ?? '', reader, opened.clock, { since: context.since, ...rest }),
  )
  if (given === undefined) await opened.close()
  return result
}

/** One run with a connection that dies with a page in hand. */
export async function readAndDie(
  context: CaseContext,
  system: System,
  subject: Subject,
  settings: Partial<ReadSettings>,
): Promise<ReturnType<typeof readOnce> extends Promise<infer T> ? T : never> {
  const opened = await context.connect(system)
  const reader = context.readerOf(opened, subject)
  const run = await context.drive(system, () =>
    readOnce(context.plugin, subject.reader ?? '', reader, { since: context.since, ...settings }),
  )
  context.bury(system, opened)
  return run
}

/** Every one of these has arrived. */
export function promiseAll(store: PageStore, refs: readonly Ref[], when: string): void {
  const lost = refs.filter((ref) => !store.has(ref))
  promise(
    lost.length === 0,
    () =>
      `${lost.length} of ${refs.length} ${lost[0]?.entity} never arrived ${when}: ${lost
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}${lost.length > 5 ? ', …' : ''}`,
  )
}

/** Both know the same things and say the same of each. */
export function promiseSame(expected: PageStore, found: PageStore, when: string): void {
  const lost = [...expected.records.keys()].filter((key) => !found.records.has(key))
  promise(lost.length === 0, () => `${lost.length} records were lost ${when}: ${lost.slice(0, 5).join(', ')}`)
  for (const [key, record] of expected.records) {
    const other = found.records.get(key)
    promise(other !== undefined && contentOf(other) === contentOf(record), () => `${key} is out of date ${when}`)
  }
}

/** A page as the runner takes it: sizes, ids, and each record by the canonical schema. */
export function promiseWellFormed(page: Page, name: string, spec: ReaderSpec): void {
  const size = page.records.length + (page.rejected?.length ?? 0)
  promise(size <= 500, `reader ${name} yielded a page of ${size}; 500 is the most a page may hold`)
  for (const record of page.records) {
    promise(
      spec.yields.includes(record.entity),
      `reader ${name} yielded "${record.entity}", which its manifest does not declare`,
    )
    const parsed = recordSchemas[record.entity].safeParse(record)
    const issue = parsed.error?.issues[0]
    promise(
      parsed.success,
      () => `${keyOf(record)} is no canonical record: ${issue?.path.join('.')}: ${issue?.message}`,
    )
  }
}

/** How many things fill at least three pages, by reader; asked once a suite. */
const counts = new WeakMap<object, Map<string, Promise<number>>>()

export function countForPages(context: CaseContext, subject: Subject): Promise<number> {
  const known = counts.get(context.suite) ?? new Map<string, Promise<number>>()
  counts.set(context.suite, known)
  const count = known.get(subject.label) ?? findCount(context, subject)
  known.set(subject.label, count)
  return count
}

async function findCount(context: CaseContext, subject: Subject): Promise<number> {
  for (const count of [12, 60, 250]) {
    const system = await context.start()
    await context.readerScenario(subject).create(system, count)
    if ((await readAll(context, system, subject)).pages.length >= 3) return count
  }
  return 250
}
