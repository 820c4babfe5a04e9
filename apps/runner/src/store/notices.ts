import type { NoticeRow } from './schema.ts'
import type { Db, Tx } from './store.ts'

const dayMs = 86_400_000

/** Something a person should know, as it stands now. */
export interface Notice {
  /** Names it: the same thing has the same key as long as it lasts, however its words change. */
  key: string
  /** The connection it is about; `undefined`: the whole installation. */
  connection: string | undefined
  /** `stopped`: the connection stands still; `warning`: something will go wrong; `hints`: it is not told of changes any more; `open`: things wait for a person. */
  kind: NoticeRow['kind']
  message: string
  /** When a warning comes true, milliseconds. */
  until?: number | undefined
  /** Of things that wait: how many. More of them are told at once. */
  count?: number | undefined
}

/**
 * Keeps `notices` as the ones of this kind and connection that stand.
 * @returns those that are to be told now (new, or not told for long), and those that are over
 */
export async function replaceNotices(
  tx: Tx,
  whose: { kind: NoticeRow['kind']; connection: string | undefined },
  notices: readonly Notice[],
  now: number,
): Promise<{ due: Notice[]; over: NoticeRow[] }> {
  const known = (await listNotices(tx)).filter(
    (row) => row.kind === whose.kind && row.connection === (whose.connection ?? null),
  )
  const over = known.filter((row) => !notices.some(({ key }) => key === row.key))
  for (const { key } of over) await tx.deleteFrom('notices').where('key', '=', key).execute()
  const due: Notice[] = []
  for (const notice of notices) {
    const before = known.find((row) => row.key === notice.key)
    const tell = !before || isDue(notice, before, now)
    if (tell) due.push(notice)
    const values = {
      message: notice.message,
      until: notice.until ?? null,
      count: tell ? (notice.count ?? 0) : Math.min(before.count, notice.count ?? 0),
      told_at: tell ? now : before.told_at,
    }
    await tx
      .insertInto('notices')
      .values({ key: notice.key, connection: notice.connection ?? null, kind: notice.kind, since: now, ...values })
      .onConflict((clash) => clash.column('key').doUpdateSet(values))
      .execute()
  }
  return { due, over }
}

/** Weekly; daily in the last week before it comes true and after; at once where there are more of what waits. */
function isDue(notice: Notice, before: NoticeRow, now: number): boolean {
  if ((notice.count ?? 0) > before.count) return true
  const soon = notice.until !== undefined && notice.until - now <= 7 * dayMs
  return now - before.told_at >= (soon ? dayMs : 7 * dayMs)
}

export const listNotices = (db: Db): Promise<NoticeRow[]> =>
  db.selectFrom('notices').selectAll().orderBy('since').orderBy('key').execute()
