import { sql, type Transaction } from 'kysely'
import type { Tables } from './schema.ts'

/**
 * What SQLite is to believe of the deliveries of a large store, by index: how many there are, then how many share its first column, its first two, and so
 * on. Without it SQLite takes the index with the most columns in a question, and goes through all deliveries of a destination to find those of an order.
 * Measured values would be those of the day, and of a store that was empty then (https://www.sqlite.org/lang_analyze.html, "Fixed Results Of ANALYZE").
 */
const deliveries = {
  sqlite_autoindex_deliveries_1: '1000000 200000 100000 50000 1',
  deliveries_open: '10000 5000 2000 2',
  deliveries_turn: '10000 5000 2500 1000 900 2 1',
  deliveries_lane: '1000000 200000 2',
  deliveries_by_lane: '1000000 3',
  deliveries_record: '1000000 100000 50000 2',
  deliveries_held: '1000 100',
  deliveries_key: '1000 1',
  deliveries_owned: '1000 100',
  deliveries_recent: '1000000 200000 2',
  deliveries_counts: '1000000 200000 100000 50000 2',
} as const

/** Writes down what SQLite is to believe; it holds for this connection and all later ones. */
export async function stateFacts(tx: Transaction<Tables>): Promise<void> {
  // Makes the table of facts, where it is not there.
  await sql`analyze meta`.execute(tx)
  await sql`delete from sqlite_stat1`.execute(tx)
  for (const [index, fact] of Object.entries(deliveries))
    await sql`insert into sqlite_stat1(tbl, idx, stat) values ('deliveries', ${index}, ${fact})`.execute(tx)
  await sql`analyze sqlite_schema`.execute(tx)
}
