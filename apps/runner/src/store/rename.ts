import { KontorError } from '@kontor/core'
import type { Db, Store } from './store.ts'

/** Where the name of a connection stands. */
const places = [
  ['streams', 'connection'],
  ['records', 'connection'],
  ['numbers', 'connection'],
  ['deliveries', 'destination'],
  ['deliveries', 'source'],
  ['links', 'destination'],
  ['links', 'source'],
  ['mentions', 'connection'],
  ['open_lines', 'connection'],
  ['ship_bys', 'connection'],
  ['unmatched', 'connection'],
  ['rejections', 'connection'],
  ['looks', 'connection'],
  ['runs', 'connection'],
  ['credentials', 'connection'],
  ['holdings', 'destination'],
  ['notices', 'connection'],
  ['cache', 'connection'],
  ['connections', 'name'],
] as const

/** Moves everything a connection has to its new name. Keys handed out before (`old/5978`) stay valid: the old name is remembered. */
export function renameConnection(store: Store, from: string, to: string): Promise<number> {
  return store.write(async (tx) => {
    const known = await tx.selectFrom('connections').select('name').where('name', 'in', [from, to]).execute()
    if (!known.some((row) => row.name === from))
      throw new KontorError('CONFIG_INVALID', {
        message: `The store knows no connection ${JSON.stringify(from)}; nothing was renamed.`,
        key: `connections.${from}`,
      })
    if (known.some((row) => row.name === to))
      throw new KontorError('CONFIG_INVALID', {
        message: `The store has a connection ${JSON.stringify(to)} already; nothing was renamed.`,
        key: `connections.${to}`,
      })
    let rows = 0
    for (const [table, column] of places) {
      // The pairs above are written out by hand; Kysely cannot know that each column belongs to its table.
      const query = tx
        .updateTable(table as 'streams')
        .set({ [column as 'connection']: to })
        .where(column as 'connection', '=', from)
      rows += Number((await query.executeTakeFirst()).numUpdatedRows)
    }
    const lanes = await tx
      .selectFrom('deliveries')
      .select('lane')
      .distinct()
      .where('lane', 'like', `${from}/%`)
      .execute()
    for (const { lane } of lanes)
      await tx
        .updateTable('deliveries')
        .set({ lane: `${to}/${lane.slice(from.length + 1)}` })
        .where('lane', '=', lane)
        .execute()
    const mentioned = await tx
      .selectFrom('mentions')
      .select('lane')
      .distinct()
      .where('lane', 'like', `${from}/%`)
      .execute()
    for (const { lane } of mentioned)
      await tx
        .updateTable('mentions')
        .set({ lane: `${to}/${lane.slice(from.length + 1)}` })
        .where('lane', '=', lane)
        .execute()
    for (const kind of ['pull', 'look', 'reconcile'])
      await tx.deleteFrom('leases').where('key', 'like', `${kind}:${from}%`).execute()
    await tx
      .updateTable('meta')
      .set({ value: to })
      .where('key', 'like', 'renamed:%')
      .where('value', '=', from)
      .execute()
    await tx
      .insertInto('meta')
      .values({ key: `renamed:${from}`, value: to })
      .onConflict((clash) => clash.column('key').doUpdateSet({ value: to }))
      .execute()
    await tx.deleteFrom('meta').where('key', '=', `renamed:${to}`).execute()
    return rows
  })
}

/** The present name of a connection that may have been renamed. */
export async function presentName(db: Db, name: string): Promise<string> {
  return (
    (await db.selectFrom('meta').select('value').where('key', '=', `renamed:${name}`).executeTakeFirst())?.value ?? name
  )
}
