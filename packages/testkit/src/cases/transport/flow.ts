import { isKontorError, type KontorError, type Ref } from '@kontor/core'
import { PageStore } from '../../host/page-store.ts'
import { describeThrown, readToEnd } from '../../host/read-run.ts'
import type { FaultInput } from '../../simulator/index.ts'
import type { CaseContext } from '../../stage/context.ts'
import type { OpenConnection } from '../../stage/open-connection.ts'
import type { WireHooks } from '../../stage/wire-tap.ts'
import { promise, Violation, type Subject } from '../../suite/case.ts'
import type { System } from '../../suite/system.ts'
import { countForPages, promiseAll } from '../reading/flow.ts'

export interface ReadThrough {
  readonly system: System
  readonly opened: OpenConnection
  readonly refs: readonly Ref[]
  readonly store: PageStore
  readonly thrown: unknown
}

/** One reading of a world of several pages, while these faults act. */
export async function readThrough(
  context: CaseContext,
  subject: Subject,
  faults: readonly FaultInput[],
  hooks: WireHooks = {},
): Promise<ReadThrough> {
  const count = await countForPages(context, subject)
  const system = await context.start()
  const refs = await context.readerScenario(subject).create(system, count)
  for (const fault of faults) faultsOf(system).add(fault)
  const opened = await context.connect(system, { hooks })
  const reader = context.readerOf(opened, subject)
  const store = new PageStore()
  try {
    await context.drive(system, () =>
      readToEnd(context.plugin, subject.reader ?? '', reader, opened.clock, {
        since: context.since,
        afterPage: ({ page }) => void store.apply(page),
      }),
    )
    return { system, opened, refs, store, thrown: undefined }
  } catch (thrown) {
    if (thrown instanceof Violation) throw thrown
    return { system, opened, refs, store, thrown }
  }
}

export function faultsOf(system: System): NonNullable<System['faults']> {
  if (system.faults === undefined)
    throw new Violation('a plugin that speaks HTTP is tested against a simulator with faults')
  return system.faults
}

export function promiseFired(system: System): void {
  promise(faultsOf(system).fired.length > 0, 'no request met the fault: the reading asked for nothing')
}

/** It came through, whole. */
export function promiseArrived({ refs, store, thrown, system }: ReadThrough, when: string): void {
  promiseFired(system)
  promise(thrown === undefined, `it gave up ${when}: ${describeThrown(thrown)}`)
  promiseAll(store, refs, when)
}

/** It did not pretend to have come to the end. */
export function promiseThrew({ thrown, system }: ReadThrough, when: string): KontorError {
  promiseFired(system)
  promise(thrown !== undefined, `it ended as if it had read everything ${when}`)
  promise(isKontorError(thrown), `it threw no error of the table ${when}, but ${describeThrown(thrown)}`)
  promise(thrown.code !== 'INTERNAL', `it threw INTERNAL ${when}: ${thrown.message}`)
  return thrown
}
