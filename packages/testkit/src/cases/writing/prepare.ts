import type { Entity, Order, Plugin, Reader, Ref, Return } from '@kontor/core'
import { deliveryKey, laneOf, type PreparedWish } from '../../host/desk-rows.ts'
import { given } from '../../host/desk-log.ts'
import { PageStore } from '../../host/page-store.ts'
import { readToEnd } from '../../host/read-run.ts'
import type { CaseContext } from '../../stage/context.ts'
import type { OpenConnection } from '../../stage/open-connection.ts'
import { promise } from '../../suite/case.ts'
import { manifestOf } from '../../suite/manifest.ts'
import type { Wish } from '../../suite/scenarios.ts'
import type { System } from '../../suite/system.ts'

/** Wishes with the orders and returns they are about, read by the plugin's own readers, as the runner would have stored them. */
export async function prepare(context: CaseContext, system: System, wishes: readonly Wish[]): Promise<PreparedWish[]> {
  const refs = wishes.flatMap(({ about }) => (about === undefined ? [] : [about]))
  const known = refs.length === 0 ? new PageStore() : await readAbout(context, system, refs)
  return wishes.map((wish) => {
    const about = wish.about === undefined ? undefined : known.get(wish.about)
    promise(
      wish.about === undefined || about !== undefined,
      `the scenario's wish is about ${wish.about?.entity}/${wish.about?.id}, which no reader of this plugin tells`,
    )
    return {
      key: deliveryKey(wish.record),
      name: `conformance/${wish.record.id}`,
      lane: laneOf(wish.record),
      record: wish.record,
      ...given({ order: wish.order ?? asOrder(about), return: wish.return ?? asReturn(about), known: wish.known }),
    }
  })
}

const asOrder = (record: { entity: Entity } | undefined): Order | undefined =>
  record?.entity === 'orders' ? (record as Order) : undefined
const asReturn = (record: { entity: Entity } | undefined): Return | undefined =>
  record?.entity === 'returns' ? (record as Return) : undefined

async function readAbout(context: CaseContext, system: System, refs: readonly Ref[]): Promise<PageStore> {
  const opened = await context.connect(system)
  const store = new PageStore()
  for (const [entity, wanted] of Map.groupBy(refs, (ref) => ref.entity)) {
    for (const name of readersOf(context.plugin, entity)) {
      const reader = opened.readers[name]
      const missing = wanted.filter((ref) => !store.has(ref))
      if (reader !== undefined && missing.length > 0)
        await context.drive(system, () => readInto(context, store, opened, name, reader, missing))
    }
  }
  await opened.close()
  return store
}

async function readInto(
  context: CaseContext,
  store: PageStore,
  opened: OpenConnection,
  name: string,
  reader: Reader,
  refs: readonly Ref[],
): Promise<void> {
  if (reader.fetch !== undefined)
    for await (const intake of reader.fetch(refs, new AbortController().signal)) store.apply(intake)
  if (refs.every((ref) => store.has(ref))) return
  const { pages } = await readToEnd(context.plugin, name, reader, opened.clock, { since: context.since })
  for (const { page } of pages) store.apply(page)
}

const readersOf = (plugin: Plugin, entity: Entity): string[] =>
  Object.entries(manifestOf(plugin).readers).flatMap(([name, { yields }]) => (yields.includes(entity) ? [name] : []))
