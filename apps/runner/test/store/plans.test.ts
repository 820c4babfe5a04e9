import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { systemClock } from '@kontor/core/host'
import { claimBatch, noteBegun } from '../../src/store/claims.ts'
import { anyDue } from '../../src/store/due.ts'
import { openStore } from '../../src/store/open.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { readStatus } from '../../src/store/status.ts'
import type { Store } from '../../src/store/store.ts'
import { setWish, skipUnsent, wakeLane } from '../../src/store/wishes.ts'

const folder = mkdtempSync(join(tmpdir(), 'kontor-plans-'))
const path = join(folder, 'kontor.db')
let store: Store
beforeAll(async () => void (store = await openStore({ path, clock: systemClock })))
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What SQLite says of how it answers the questions about deliveries that `work` asks. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  const prepare = vi.spyOn(Database.prototype, 'prepare')
  await work()
  const asked = new Set(prepare.mock.calls.map(([text]) => text).filter((text) => text.includes('deliveries')))
  prepare.mockRestore()
  const database = new Database(path, { readonly: true })
  const plans = [...asked].flatMap((text) =>
    database
      .prepare(`explain query plan ${text}`)
      .all(...Array.from({ length: text.split('?').length - 1 }, () => 1))
      .map((row) => String((row as { detail: string }).detail)),
  )
  database.close()
  return plans.filter((plan) => /\b(deliveries|next)\b/.test(plan))
}
const request = {
  destination: 'd',
  entities: ['orders' as const],
  again: 'ask' as const,
  max: 20,
  owner: 'o',
  ttlMs: 1000,
}
const wish = { destination: 'd', source: 's', entity: 'orders' as const, id: '1', flow: 'f', lane: 'l', revision: 1 }

it.each<[string, () => Promise<unknown>, RegExp]>([
  [
    'what is due next, and the lanes of that',
    async () => {
      await store.write(async (tx) => {
        await setWish(tx, { ...wish, hash: 'h', key: 'k', backfill: false, dueAt: 0 }, undefined, 0)
        await tx
          .insertInto('records')
          .values({
            connection: 's',
            entity: 'orders',
            id: '1',
            revision: 1,
            hash: 'h',
            version: null,
            asked_at: 0,
            content: '{}',
            schema: 1,
            backfilled: 0,
            first_seen: 0,
            updated_at: 0,
            vanished_at: null,
          })
          .execute()
      })
      expect((await claimBatch(store, request))?.rows).toHaveLength(1)
    },
    /INDEX deliveries_(turn \(destination=\?|lane \(destination=\? AND lane=\?\))|autoindex_deliveries_1 \(destination=\? AND source=\? AND entity=\? AND id=\?\)/,
  ],
  ['whether anything is due', () => anyDue(store.db, 'd', ['orders', 'shipments'], 1), /deliveries_open/],
  [
    'attempts that begin',
    () => noteBegun(store, [{ key: 'k', fence: 1, owner: 'o' }]),
    /deliveries_key \(try_key=\?\)/,
  ],
  ['the lane of an order', () => store.write((tx) => wakeLane(tx, 'l', 1)), /deliveries_by_lane \(lane=\?\)/],
  [
    'what a source wished for in a lane',
    () => store.write((tx) => skipUnsent(tx, { source: 's', entity: 'points', lane: 'l' }, 1)),
    /deliveries_by_lane \(lane=\?\)/,
  ],
  [
    'deliveries of a lane at a destination',
    () => listDeliveries(store, { destination: 'd', entity: 'orders', lane: 'l' }),
    /deliveries_(by_)?lane/,
  ],
  ['how many there are', () => readStatus(store), /COVERING INDEX deliveries_counts/],
])('finds %s by its index, however many deliveries there are', async (_what, work, index) => {
  const plans = await plansOf(work)
  expect(plans).not.toEqual([])
  for (const plan of plans) expect(plan).toMatch(index)
})
