import { sql, type Kysely } from 'kysely'
import { KontorError } from '@kontor/core'
import type { Dialect } from './dialect.ts'
import type { Tables } from './schema.ts'

/** Forward only. A step is never changed once released; the store's version is the number of steps it has seen. */
const steps: readonly (readonly string[])[] = [
  [
    `create table connections(name text primary key, plugin text not null, account text, fingerprint text, first_seen bigint not null, paused_by text, checked_at bigint)`,
    `create table leases(key text primary key, owner text not null, fence bigint not null, until bigint not null)`,
    `create table streams(connection text not null, reader text not null, checkpoint text, depends_on text not null, version bigint not null,
      resume_at bigint, caught_up_at bigint, failures integer not null default 0, due_at bigint not null, error text, primary key (connection, reader))`,
    `create table records(connection text not null, entity text not null, id text not null, revision integer not null, hash text not null, version text,
      asked_at bigint not null, content text not null, schema integer not null, backfilled integer not null default 0, first_seen bigint not null,
      updated_at bigint not null, vanished_at bigint, primary key (connection, entity, id))`,
    `create index records_recent on records(entity, updated_at)`,
    `create table numbers(number text not null, connection text not null, entity text not null, id text not null, primary key (number, entity, connection, id))`,
    `create table deliveries(destination text not null, source text not null, entity text not null, id text not null, flow text not null, lane text not null,
      priority integer not null, rank integer not null, state text not null, wanted_revision integer not null, wanted_hash text not null, wanted_key text not null,
      try_revision integer, try_hash text, try_key text, try_content text, begun_at bigint, ticket text, item text, known_hash text, known_content text, reference text, detail text,
      due_at bigint not null, tries integer not null default 0, error text, held_by bigint, owner text, fence bigint not null default 0, claim_until bigint not null default 0,
      created_at bigint not null, updated_at bigint not null, done_at bigint, primary key (destination, source, entity, id))`,
    `create index deliveries_open on deliveries(destination, entity, due_at) where state in ('pending', 'waiting', 'sent')`,
    `create index deliveries_lane on deliveries(destination, lane)`,
    `create index deliveries_record on deliveries(source, entity, id)`,
    `create index deliveries_held on deliveries(held_by) where state = 'held'`,
    `create index deliveries_key on deliveries(try_key) where try_key is not null`,
    `create table links(destination text not null, entity text not null, reference text not null, source text not null, id text not null, at bigint not null,
      primary key (destination, entity, reference))`,
    `create index links_source on links(source, entity, id)`,
    `create table open_lines(sku text not null, connection text not null, id text not null, quantity integer not null, primary key (sku, connection, id))`,
    `create index open_lines_order on open_lines(connection, id)`,
    `create table mentions(lane text not null, connection text not null, entity text not null, id text not null, primary key (lane, connection, entity, id))`,
    `create table unmatched(connection text not null, entity text not null, id text not null, flow text not null, reason text not null, since bigint not null,
      primary key (connection, entity, id, flow))`,
    `create table rejections(id $serial, connection text not null, reader text not null, entity text, ref text, path text not null, error text not null, raw text,
      fingerprint text not null, at bigint not null, settled text)`,
    `create unique index rejections_once on rejections(connection, reader, fingerprint)`,
    `create table looks(connection text not null, entity text not null, id text not null, numbers text, due_at bigint not null, reason text, since bigint not null,
      tries integer not null default 0, primary key (connection, entity, id))`,
    `create index looks_due on looks(connection, due_at)`,
    `create table runs(id $serial, kind text not null, connection text not null, part text not null, owner text not null, started_at bigint not null, ended_at bigint,
      state text not null, "read" bigint not null default 0, changed bigint not null default 0, rejected bigint not null default 0, written bigint not null default 0,
      refused bigint not null default 0, error text)`,
    `create table flows(id text primary key, first_run_at bigint not null)`,
    `create table credentials(connection text primary key, sealed text not null, version bigint not null, updated_at bigint not null)`,
    `create table buckets(key text primary key, state text not null, updated_at bigint not null)`,
    `create table cache(connection text not null, key text not null, value text not null, until bigint not null, primary key (connection, key))`,
  ],
  [
    `create table notices(key text primary key, connection text, kind text not null, message text not null, until bigint, count bigint not null default 0,
      since bigint not null, told_at bigint not null)`,
    `create table holdings(destination text not null, entity text not null, sku text not null, market text not null, content text not null, seen_at bigint not null,
      primary key (destination, entity, sku, market))`,
  ],
  [
    `create table runners(owner text primary key, started_at bigint not null, about text not null)`,
    `create index deliveries_owned on deliveries(owner) where owner is not null`,
    `create index runs_running on runs(owner) where state = 'running'`,
  ],
  [
    `create index deliveries_due on deliveries(destination, entity, priority, due_at) where state in ('pending', 'waiting', 'sent')`,
    `create index deliveries_by_lane on deliveries(lane)`,
    `create index deliveries_recent on deliveries(state, updated_at)`,
  ],
  [`alter table deliveries add column echo text`],
  [
    `drop index deliveries_due`,
    `create index deliveries_turn on deliveries(destination, source, entity, priority, due_at, id) where state in ('pending', 'waiting', 'sent')`,
  ],
  [
    `alter table looks add column asked_by integer not null default 0`,
    `drop index looks_due`,
    `create index looks_turn on looks(connection, asked_by, due_at)`,
  ],
  [`create index deliveries_counts on deliveries(destination, entity, state, created_at)`],
  [
    `create table ship_bys(connection text not null, id text not null, ship_by bigint not null, primary key (connection, id))`,
    `create index ship_bys_next on ship_bys(connection, ship_by)`,
  ],
]

export const storeVersion = steps.length

/** Brings the store to this version, or refuses one that a newer Kontor wrote. In one transaction, under a lock: several may start at once. */
export async function migrate(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  await createMeta(db)
  // Read without the lock: commands that only look must not wait for a runner at work.
  if ((await versionOf(db)) === storeVersion) return
  await db.transaction().execute(async (tx) => {
    await dialect.lock(tx, ['migrate'])
    const version = await versionOf(tx)
    if (version === storeVersion) return
    for (const step of steps.slice(version))
      for (const statement of step) await sql.raw(statement.replace('$serial', dialect.serial)).execute(tx)
    await dialect.stateFacts(tx)
    await tx
      .insertInto('meta')
      .values({ key: 'version', value: String(storeVersion) })
      .onConflict((clash) => clash.column('key').doUpdateSet({ value: String(storeVersion) }))
      .execute()
  })
}

/** The version of the store; throws STORE_NEWER where a newer Kontor has written it. */
export async function versionOf(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'version').executeTakeFirst()
  const version = Number(row?.value ?? 0)
  if (version > storeVersion)
    throw new KontorError('STORE_NEWER', {
      message: `The store has version ${version}, this Kontor knows versions up to ${storeVersion}. Use the Kontor that wrote it, or a newer one; nothing was changed.`,
      key: 'store',
    })
  return version
}

/** The table that says which version the store has, with the row that writers lock. Two that start at once may both try. */
async function createMeta(db: Kysely<Tables>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql`create table if not exists meta(key text primary key, value text not null)`.execute(db)
      break
    } catch (thrown) {
      if (attempt === 5) throw thrown
    }
  }
  const lock = await db.selectFrom('meta').select('key').where('key', '=', 'lock').executeTakeFirst()
  if (!lock)
    await db
      .insertInto('meta')
      .values({ key: 'lock', value: '' })
      .onConflict((clash) => clash.doNothing())
      .execute()
}
