import { isKontorError, type Entity } from '@kontor/core'
import { loadRecords, toStored } from '../store/records.ts'
import { saveRejections } from '../store/rejections.ts'
import type { Engine } from './engine.ts'
import { noteRefund } from './ledger.ts'
import { isAmbiguous, route } from './route.ts'

/** Orders have come in: what was told about an order we did not know is matched again. */
export async function retryUnmatched(engine: Engine, run: number): Promise<number> {
  const waiting = await engine.store.db
    .selectFrom('unmatched')
    .select(['connection', 'entity', 'id'])
    .distinct()
    .limit(5000)
    .execute()
  let matched = 0
  for (const { connection, entity, id } of waiting)
    matched += await engine.store.write(
      async (tx) => {
        const now = engine.clock.now()
        const row = (await loadRecords(tx, connection, entity as Entity, [id])).get(id)
        if (!row) return 0
        const firstRuns = new Map(
          (await tx.selectFrom('flows').selectAll().execute()).map((each) => [each.id, each.first_run_at]),
        )
        const record = toStored(row).record
        try {
          if (record.entity === 'refunds' || record.entity === 'returns') await noteRefund(engine, tx, row, record, run)
          return await route(engine, tx, row, record, {
            now,
            run,
            withhold: row.backfilled === 1,
            backfill: row.backfilled === 1,
            awaited: false,
            wroteFrom: undefined,
            previousContent: undefined,
            firstRuns,
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
