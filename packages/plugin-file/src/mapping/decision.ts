import type { Decision } from '@kontor/core'
import { words } from '../tables/words.ts'
import { addedLines, lineOf } from './lines.ts'
import { aboutOf, contentOf, idFrom, referenceOf, toldId } from './reference.ts'
import { codedBy, instant, text, wordOf, type Group } from './values.ts'

/** One decision: all rows with the same order and the same word. Rows that name a line decide about that line alone. */
export function toDecision(group: Group<'decisions'>): Decision | undefined {
  const about = aboutOf(group)
  const decision = group.one('decision', wordOf(words.decision))
  if (decision === undefined && group.faults.length === 0)
    group.faults.push({
      line: group.rows[0]?.line ?? 0,
      column: 'decision',
      found: '',
      expected: 'accept, refuse or cancel',
    })
  const reason = group.one('reason', codedBy(words.decisionReason))
  const rest = {
    message: group.one('message', text),
    notBefore: group.one('not_before', instant),
    decidedAt: group.one('decided_at', instant),
  }
  const named = group.rows.flatMap((row) => lineOf(group, row) ?? [])
  const [whole] = group.rows.filter((row) => !row.cells.has('line') && !row.cells.has('sku'))
  if (named.length > 0 && whole !== undefined)
    group.fault(whole, 'order', 'either rows that name lines or one row for the whole order')
  if (about === undefined || decision === undefined) return undefined
  const lines = addedLines(named.map((line) => ({ line, units: [] })))
  // Two files may decide about different lines of one order: those are two decisions, none of which replaces the other.
  const id =
    toldId(group) ?? idFrom(referenceOf(about), decision, lines === undefined ? undefined : contentOf(group.rows))
  return {
    entity: 'decisions',
    id,
    about,
    decision,
    lines,
    reason,
    ...rest,
  }
}
