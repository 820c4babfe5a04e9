import type { Receipt } from '@kontor/core'
import { words } from '../tables/words.ts'
import { lineOf } from './lines.ts'
import { aboutReturnOf, contentOf, idFrom, referenceOf, toldId } from './reference.ts'
import { codedBy, identifier, instant, text, wordOf, type Group } from './values.ts'

/** What arrived of one return: all its rows. Without a word for the outcome, the goods have arrived. */
export function toReceipt(group: Group<'receipts'>): Receipt | undefined {
  const about = aboutReturnOf(group)
  const lines = group.rows.flatMap((row) => {
    const line = lineOf(group, row)
    if (line === undefined) return group.fault(row, 'sku', 'a `sku` or `line` that says what has arrived') ?? []
    const grade = group.of(row, 'grade', codedBy(words.grade))
    const disposition = group.of(row, 'disposition', codedBy(words.disposition))
    return [
      {
        returnLineId: group.of(row, 'line', identifier),
        sku: line.sku,
        quantity: line.quantity ?? 1,
        outcome: group.of(row, 'outcome', wordOf(words.outcome)) ?? ('arrived' as const),
        grade,
        disposition,
        note: group.of(row, 'note', text),
      },
    ]
  })
  const receivedAt = group.one('received_at', instant)
  if (about === undefined) return undefined
  return {
    entity: 'receipts',
    id: toldId(group) ?? idFrom(referenceOf(about), contentOf(group.rows)),
    about,
    lines,
    receivedAt,
  }
}
