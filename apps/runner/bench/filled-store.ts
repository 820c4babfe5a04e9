import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { systemClock } from '@kontor/core/host'
import { openServerStore, openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'

const plugin = join(import.meta.dirname, 'sink-plugin.ts')

/** A folder with a config of one flow from a shop to a warehouse, and the place of its store. */
export function configFor(storeUrl?: string): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-bench-'))
  const file = join(folder, 'kontor.yaml')
  writeFileSync(
    file,
    `store: ${storeUrl ?? './kontor.db'}
connections:
  shop: { plugin: ${plugin}, config: { account: shop } }
  warehouse: { plugin: ${plugin}, config: { account: warehouse } }
flows:
  - { entity: orders, from: shop, to: warehouse, start: all }
`,
  )
  return { folder, file }
}

export const openFilled = async (folder: string, storeUrl?: string): Promise<Store> =>
  storeUrl === undefined
    ? await openStore({ path: join(folder, 'kontor.db'), clock: systemClock })
    : await openServerStore({ url: storeUrl, clock: systemClock, key: undefined, connections: 2 })

/** Orders of usual size, each due to be delivered to the warehouse; written straight into the tables, as reading them is measured elsewhere. */
export async function fill(store: Store, count: number, state: 'pending' | 'done' = 'pending'): Promise<void> {
  const now = Date.now()
  const content = (id: string): string =>
    JSON.stringify({
      entity: 'orders',
      id,
      numbers: [`No-${id}`],
      orderedAt: '2026-05-03T09:36:00Z',
      lifecycle: { value: 'open' },
      payment: { value: 'paid' },
      acceptance: { value: 'accepted' },
      fulfilledBy: 'merchant',
      lines: [{ id: '1', sku: `SKU-${id}`, quantity: 1, status: { value: 'to_ship' }, name: 'A thing of some kind' }],
      totals: { grand: { amount: '249.90', currency: 'EUR' } },
      buyer: { fullName: 'Erika Muster', email: 'erika@example.com' },
      shipTo: {
        fullName: 'Erika Muster',
        lines: ['Musterweg 1'],
        postalCode: '12345',
        city: 'Musterstadt',
        country: 'DE',
      },
    }).replaceAll(id, '\u0001')
  const template = content('XIDX')
  const series =
    store.dialect.name === 'postgres'
      ? sql`generate_series(1, ${sql.lit(count)}) as series(n)`
      : sql`(with recursive series(n) as (select 1 union all select n + 1 from series where n < ${sql.lit(count)}) select n from series)`
  const id = sql`cast(n as text)`
  await sql`insert into records(connection, entity, id, revision, hash, version, asked_at, content, schema, backfilled, first_seen, updated_at)
    select 'shop', 'orders', ${id}, 1, 'h' || ${id}, null, ${sql.lit(now)}, replace(${sql.lit(template)}, ${sql.lit('\u0001')}, ${id}), 1, 0, ${sql.lit(now)} - ${sql.lit(count)} + n, ${sql.lit(now)} - ${sql.lit(count)} + n from ${series}`.execute(
    store.db,
  )
  await sql`insert into numbers(number, connection, entity, id) select 'No-' || ${id}, 'shop', 'orders', ${id} from ${series}`.execute(
    store.db,
  )
  await sql`insert into deliveries(destination, source, entity, id, flow, lane, priority, rank, state, wanted_revision, wanted_hash, wanted_key, due_at, created_at, updated_at)
    select 'warehouse', 'shop', 'orders', ${id}, 'orders:shop>warehouse', 'shop/' || ${id}, 0, 0, ${sql.lit(state)}, 1, 'h' || ${id}, 'k' || ${id}, ${sql.lit(now)} - ${sql.lit(count)} + n, ${sql.lit(now)}, ${sql.lit(now)} - ${sql.lit(count)} + n from ${series}`.execute(
    store.db,
  )
  if (store.dialect.name === 'postgres') await sql`analyze`.execute(store.db)
}
