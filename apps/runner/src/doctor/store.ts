import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { AgreedClock } from '../store/agreed-clock.ts'
import { closedBecause } from '../store/closed.ts'
import { storeVersion } from '../store/migrations.ts'
import { restoredAt } from '../store/restored.ts'
import type { Store } from '../store/store.ts'
import { failure, fine, warning, type Finding } from './finding.ts'

const gigabyte = 1_000_000_000
const amount = (bytes: number): string =>
  bytes < gigabyte ? `${Math.round(bytes / 1_000_000)} MB` : `${(bytes / gigabyte).toFixed(1)} GB`

/** The store itself, and the machine it is on. */
export async function lookAtStore(store: Store, options: { hasOwnKey: boolean }): Promise<Finding[]> {
  return [
    fine('store', `${store.place}, version ${storeVersion}.`),
    ...(await closed(store)),
    ...(await restored(store)),
    ...(store.dialect.name === 'sqlite' ? await onThisMachine(store) : await onServer(store, options)),
  ]
}

async function closed(store: Store): Promise<Finding[]> {
  const why = await closedBecause(store.db)
  if (!why) return []
  return [
    why.why === 'moved'
      ? failure('store', `It was moved to ${why.to}.`, 'Name that store in the config.')
      : why.why === 'backup'
        ? failure('store', 'It is a backup.', 'Make a store of it with "kontor restore".')
        : failure('store', 'A copy into it has not come to its end.', 'Run the same move or restore again.'),
  ]
}

async function restored(store: Store): Promise<Finding[]> {
  const at = await restoredAt(store.db)
  if (at === undefined || at < store.clock.now() - 7 * 86_400_000) return []
  return [
    warning(
      'store',
      `It was restored at ${new Date(at).toISOString()}; what may have been sent before is asked about first.`,
      'Look at what is parked: "kontor deliveries list --state parked".',
    ),
  ]
}

async function onThisMachine(store: Store): Promise<Finding[]> {
  const folder = statfsSync(dirname(store.place))
  const free = folder.bavail * folder.bsize
  const size = ['', '-wal'].reduce(
    (sum, end) => sum + (statSync(`${store.place}${end}`, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
  const newest = await store.db
    .selectFrom('records')
    .select((is) => is.fn.max('updated_at').as('at'))
    .executeTakeFirst()
  const ahead = Number(newest?.at ?? 0) - store.clock.now()
  const space = `${amount(free)} are free for a store of ${amount(size)}.`
  return [
    free < Math.max(200_000_000, size / 10)
      ? failure('disk', space, 'Make room: on a full disk nothing can be noted, and nothing is sent.')
      : free < Math.max(gigabyte, size)
        ? warning('disk', space, 'Make room before it is needed.')
        : fine('disk', space),
    ...(ahead > 60_000
      ? [
          failure(
            'clock',
            `The newest record is from ${Math.round(ahead / 60_000)} minutes in the future: the clock of this machine was set back.`,
            'Set the clock, and let it follow a time server.',
          ),
        ]
      : []),
  ]
}

async function onServer(store: Store, { hasOwnKey }: { hasOwnKey: boolean }): Promise<Finding[]> {
  const facts = await sql<{
    version: string
    size: string
    used: string
    most: string
  }>`select current_setting('server_version_num') as version, pg_database_size(current_database())::text as size,
    (select count(*) from pg_stat_activity where backend_type = 'client backend')::text as used,
    current_setting('max_connections') as most`.execute(store.db)
  const { version, size, used, most } = facts.rows[0] ?? { version: '0', size: '0', used: '0', most: '1' }
  const major = Math.floor(Number(version) / 10_000)
  const connections = `${used} of ${most} connections of the server are in use.`
  const ahead = store.clock instanceof AgreedClock ? store.clock.ahead() : 0
  return [
    major < 15
      ? failure('server', `PostgreSQL ${major} is older than 15.`, 'Bring the server up to date.')
      : fine('server', `PostgreSQL ${major}; the database has ${amount(Number(size))}.`),
    Number(used) > 0.8 * Number(most)
      ? warning('server', connections, 'Raise max_connections, or put a pool in front; each runner uses up to ten.')
      : fine('server', connections),
    Math.abs(ahead) > 1000
      ? warning(
          'clock',
          `This machine is ${(Math.abs(ahead) / 1000).toFixed(1)} seconds ${ahead > 0 ? 'ahead of' : 'behind'} the database.`,
          'Runners go by the database, so the work is not in danger; logs are hard to compare. Let the machine follow a time server.',
        )
      : fine('clock', 'This machine and the database agree.'),
    hasOwnKey
      ? fine('key', 'The key of the store is not in the database.')
      : warning(
          'key',
          'The key that seals credentials and raw values lies in the database itself: who can read that can read them.',
          'Give storeKey a value that only the runners know; it has to be set before the first run.',
        ),
  ]
}
