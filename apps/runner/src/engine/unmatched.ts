import { isKontorError, type Entity } from '@kontor/core'
import { storedCache } from '../store/cache.ts'
import { echoQuestion, echoReason } from '../store/echo-words.ts'
import { loadRecords, recordKey, toStored } from '../store/records.ts'
import { saveRejections } from '../store/rejections.ts'
import type { RecordRow } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'
import { beginnings } from './choose.ts'
import { judgeEcho, knownEchoes } from './echo.ts'
import type { Engine } from './engine.ts'
import { noteRefund } from './ledger.ts'
import { isAmbiguous, route } from './route.ts'

/** Orders have come in: what was told about an order we did not know is matched again. */
export async function retryUnmatched(engine: Engine, run: number): Promise<number> {
  return await retry(
    engine,
    run,
    await engine.store.db
      .selectFrom('unmatched')
      .select(['connection', 'entity', 'id'])
      .distinct()
      .limit(5000)
      .execute(),
  )
}

/** What waited because it might be our own writing is judged again: a delivery to that connection has settled, or time has passed. */
export async function retryEchoes(engine: Engine, run: number, connection: string): Promise<number> {
  const waiting = await engine.store.db
    .selectFrom('unmatched')
    .select(['connection', 'entity', 'id'])
    .distinct()
    .where('connection', '=', connection)
    .where('reason', 'like', `${echoReason}%`)
    .limit(5000)
    .execute()
  if (waiting.length === 0) return 0
  const changed = await retry(engine, run, waiting)
  await askPerson(engine, connection)
  return changed
}

/** The flows it waits for: a backfill that is to deliver chose it as well as a live reading. */
async function waitsFor(tx: Tx, { connection, entity, id }: RecordRow): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('unmatched')
    .select('flow')
    .where('connection', '=', connection)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .execute()
  return new Set(rows.map(({ flow }) => flow))
}

/** It is known what it is: it waits for that under no flow, not even one that the config has lost. */
async function waitsNoMore(tx: Tx, { connection, entity, id }: RecordRow): Promise<void> {
  await tx
    .deleteFrom('unmatched')
    .where('connection', '=', connection)
    .where('entity', '=', entity)
    .where('id', '=', id)
    .where('reason', 'like', `${echoReason}%`)
    .execute()
}

const rememberedMs = 90 * 24 * 3_600_000

/** What nobody but a person can tell apart is said once. */
async function askPerson(engine: Engine, connection: string): Promise<void> {
  const rows = await engine.store.db
    .selectFrom('unmatched')
    .select(['id', 'reason'])
    .distinct()
    .where('connection', '=', connection)
    .where('reason', 'like', `${echoQuestion}%`)
    .execute()
  const cache = storedCache(engine.store, connection)
  for (const { id, reason } of rows) {
    const key = `asked about echo ${id}`
    if ((await cache.get(key)) !== undefined) continue
    await cache.set(key, true, rememberedMs)
    const text = `${recordKey(connection, id)} ${reason}`
    engine.log.warn(text, { connection })
    await engine.notify({ text, event: 'open', connection, code: undefined })
  }
}

async function retry(
  engine: Engine,
  run: number,
  waiting: readonly { connection: string; entity: string; id: string }[],
): Promise<number> {
  let matched = 0
  for (const { connection, entity, id } of waiting)
    matched += await engine.store.write(
      async (tx) => {
        const now = engine.clock.now()
        const row = (await loadRecords(tx, connection, entity as Entity, [id])).get(id)
        if (!row) return 0
        const begins = await beginnings(tx, now)
        const record = toStored(row).record
        try {
          const known = await knownEchoes(tx, connection, record.entity, [id])
          const echo = await judgeEcho(engine, tx, row, record, known.get(id))
          const chosenBy = await waitsFor(tx, row)
          if (echo.is !== 'open') await waitsNoMore(tx, row)
          if (record.entity === 'refunds' || record.entity === 'returns')
            await noteRefund(engine, tx, row, record, echo, run)
          return await route(engine, tx, row, record, {
            now,
            run,
            withhold: row.backfilled === 1,
            backfill: row.backfilled === 1,
            awaited: false,
            echo,
            previousContent: undefined,
            begins,
            chosenBy,
          })
        } catch (thrown) {
          if (!isAmbiguous(thrown) || !isKontorError(thrown)) throw thrown
          await saveRejections(
            engine.store,
            tx,
            [
              {
                connection,
                reader: 'match',
                entity,
                ref: id,
                path: thrown.path ?? '',
                error: thrown.toJSON(),
                raw: record,
              },
            ],
            now,
          )
          await tx
            .deleteFrom('unmatched')
            .where('connection', '=', connection)
            .where('entity', '=', entity)
            .where('id', '=', id)
            .execute()
          return 0
        }
      },
      [`intake ${connection}`],
    )
  return matched
}
