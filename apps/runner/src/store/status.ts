import type { StoredError } from '@kontor/core'
import { echoQuestion } from './echo-words.ts'
import { listNotices } from './notices.ts'
import { listRunners, type Trouble } from './runners.ts'
import type { DeliveryState } from './schema.ts'
import type { Store } from './store.ts'

/** How things stand, in numbers. */
export interface Status {
  connections: {
    name: string
    plugin: string
    account: string | undefined
    pausedBy: StoredError | undefined
    records: Record<string, number>
  }[]
  streams: {
    connection: string
    reader: string
    dueAt: number
    caughtUpAt: number | undefined
    failures: number
    error: StoredError | undefined
  }[]
  deliveries: {
    destination: string
    entity: string
    counts: Partial<Record<DeliveryState, number>>
    oldestOpen: number | undefined
  }[]
  /** `asked`: how many of them only a person can tell apart. */
  unmatched: { connection: string; entity: string; count: number; asked: number; oldest: number }[]
  rejections: { connection: string; count: number }[]
  looks: { connection: string; due: number; later: number }[]
  /** What was warned of and is not over. */
  notices: { connection: string | undefined; message: string; since: number; until: number | undefined }[]
  /** What plugins of runners at work did that they must not do, or do still. */
  troubles: (Trouble & { owner: string })[]
  runner: { owner: string; until: number } | undefined
}

export async function readStatus(store: Store): Promise<Status> {
  const { db } = store
  const now = store.clock.now()
  const error = (text: string | null): StoredError | undefined =>
    text === null ? undefined : (JSON.parse(text) as StoredError)
  const connections = await db.selectFrom('connections').selectAll().orderBy('name').execute()
  const records = await db
    .selectFrom('records')
    .select(['connection', 'entity', (is) => is.fn.countAll().as('count')])
    .groupBy(['connection', 'entity'])
    .execute()
  const streams = await db.selectFrom('streams').selectAll().orderBy('connection').orderBy('reader').execute()
  const states = await db
    .selectFrom('deliveries')
    .select([
      'destination',
      'entity',
      'state',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.min('created_at').as('oldest'),
    ])
    .groupBy(['destination', 'entity', 'state'])
    .execute()
  const unmatched = await db
    .selectFrom('unmatched')
    .select([
      'connection',
      'entity',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.sum(is.case().when('reason', 'like', `${echoQuestion}%`).then(1).else(0).end()).as('asked'),
      (is) => is.fn.min('since').as('oldest'),
    ])
    .groupBy(['connection', 'entity'])
    .execute()
  const rejections = await db
    .selectFrom('rejections')
    .select(['connection', (is) => is.fn.countAll().as('count')])
    .where('settled', 'is', null)
    .groupBy('connection')
    .execute()
  const looks = await db
    .selectFrom('looks')
    .select([
      'connection',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.sum(is.case().when('due_at', '<=', now).then(1).else(0).end()).as('due'),
    ])
    .groupBy('connection')
    .execute()
  const runner = await db
    .selectFrom('leases')
    .selectAll()
    .where('key', 'like', 'runner%')
    .where('until', '>', now)
    .executeTakeFirst()
  const deliveries = new Map<string, Status['deliveries'][number]>()
  for (const row of states) {
    const key = `${row.destination}|${row.entity}`
    const line = deliveries.get(key) ?? {
      destination: row.destination,
      entity: row.entity,
      counts: {},
      oldestOpen: undefined,
    }
    line.counts[row.state] = Number(row.count)
    if (row.state !== 'done' && row.state !== 'skipped' && row.state !== 'refused')
      line.oldestOpen = Math.min(line.oldestOpen ?? Infinity, Number(row.oldest))
    deliveries.set(key, line)
  }
  return {
    connections: connections.map((row) => ({
      name: row.name,
      plugin: row.plugin,
      account: row.account ?? undefined,
      pausedBy: error(row.paused_by),
      records: Object.fromEntries(
        records.filter((each) => each.connection === row.name).map((each) => [each.entity, Number(each.count)]),
      ),
    })),
    streams: streams.map((row) => ({
      connection: row.connection,
      reader: row.reader,
      dueAt: row.due_at,
      caughtUpAt: row.caught_up_at ?? undefined,
      failures: row.failures,
      error: error(row.error),
    })),
    deliveries: [...deliveries.values()],
    unmatched: unmatched.map((row) => ({
      connection: row.connection,
      entity: row.entity,
      count: Number(row.count),
      asked: Number(row.asked),
      oldest: Number(row.oldest),
    })),
    rejections: rejections.map((row) => ({ connection: row.connection, count: Number(row.count) })),
    looks: looks.map((row) => ({
      connection: row.connection,
      due: Number(row.due ?? 0),
      later: Number(row.count) - Number(row.due ?? 0),
    })),
    notices: (await listNotices(db))
      .filter(({ kind }) => kind === 'warning' || kind === 'hints')
      .map(({ connection, message, since, until }) => ({
        connection: connection ?? undefined,
        message,
        since,
        until: until ?? undefined,
      })),
    troubles: (await listRunners(db, now))
      .filter(({ alive }) => alive)
      .flatMap(({ owner, about }) => about.troubles.map((each) => ({ ...each, owner }))),
    runner: runner && { owner: runner.owner, until: runner.until },
  }
}
