import { echoQuestion } from '../store/echo-words.ts'
import type { Store } from '../store/store.ts'

/** A record that is about an order or a return nobody has told of yet. */
export interface WaitingRecord {
  record: string
  entity: string
  reason: string
  since: number
}

/** Those that have waited longest; what is asked of a person first. */
export async function waitingRecords(store: Store, limit: number): Promise<WaitingRecord[]> {
  const rows = await store.db
    .selectFrom('unmatched')
    .select(['connection', 'entity', 'id', 'reason', 'since'])
    .orderBy((is) => is.case().when('reason', 'like', `${echoQuestion}%`).then(0).else(1).end())
    .orderBy('since')
    .orderBy('connection')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ connection, entity, id, reason, since }) => ({
    record: `${connection}/${id}`,
    entity,
    reason,
    since,
  }))
}
