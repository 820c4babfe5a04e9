import { KontorError, toInstant, type Outcome } from '@kontor/core'
import { withoutPersons } from '../errors.ts'
import { columnsOf, toCsv } from '../mapping/offer.ts'
import type { Market } from '../tables/markets.ts'
import type { WireTask } from '../wire.ts'
import { attempt, sent } from './attempt.ts'
import { compare, refuse, type Change, type Needs } from './offer-changes.ts'

/** A file takes about five minutes. Source: GET /ws/tasks/{taskId}. */
const firstAskMs = 5 * 60_000
const nextAskMs = 2 * 60_000
/** Largest file that is within an hour's budget of lines. Source: "Data limitation". */
const rowsAtMost = 2000

/** One file for each 2,000 lines of a market, and for each set of columns: an empty cell might mean "empty it". Its ticket is durable: whoever asks later learns what became of each SKU. */
export async function* startBatch(
  { client, config, clock }: Needs,
  market: Market,
  changes: readonly Change[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  for (const rows of filesOf(changes)) {
    const deliveries = rows.flatMap((change) => change.deliveries)
    const csv = toCsv(rows, config.csvDelimiter)
    const tried = await attempt(() =>
      client.startBatch(
        { csv, delimiter: config.csvDelimiter, rows: rows.length, market },
        { for: deliveries },
        signal,
      ),
    )
    if (tried.is === 'refused') for (const change of rows) yield* refuse(change, tried.error)
    else if (tried.is === 'doubtful') for (const { key } of deliveries) yield sent(key, clock)
    else {
      const askAt = toInstant(clock.now() + firstAskMs)
      for (const change of rows)
        for (const { key } of change.deliveries) yield { key, is: 'sent', ticket: tried.value, item: change.sku, askAt }
    }
  }
}

function filesOf(changes: readonly Change[]): Change[][] {
  const bySet = Map.groupBy(changes, ({ update }) => columnsOf(update).join(' '))
  return [...bySet.values()].flatMap((same) =>
    Array.from({ length: Math.ceil(same.length / rowsAtMost) }, (_, index) =>
      same.slice(index * rowsAtMost, (index + 1) * rowsAtMost),
    ),
  )
}

/** What a task says about each SKU; where it says nothing, the offer itself does. */
export async function* readBatch(
  needs: Needs,
  ticket: string,
  changes: readonly Change[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const task = await needs.client.getTask(ticket, signal)
  if (task === undefined) {
    yield* compare(needs, changes, signal)
    return
  }
  if (task.action_status === 8) {
    const words = withoutPersons(task.last_action_error ?? '')
    yield* compare(needs, changes, signal, (change) =>
      rejected(change, ticket, words === '' ? 'the whole file failed' : words),
    )
    return
  }
  if (task.action_status !== 9) {
    const askAt = toInstant(needs.clock.now() + nextAskMs)
    for (const change of changes)
      for (const { key } of change.deliveries) yield { key, is: 'sent', ticket, item: change.sku, askAt }
    return
  }
  const wrong = new Map(changes.map((change) => [change, faultOf(task, change.sku)]))
  for (const change of changes) {
    const fault = wrong.get(change)
    if (fault !== undefined) yield* refuse(change, rejected(change, ticket, fault))
  }
  yield* compare(
    needs,
    changes.filter((change) => wrong.get(change) === undefined).map(withoutQuantity),
    signal,
    (change) => rejected(change, ticket, 'the task is done, and the offer holds other values'),
  )
}

/** Pieces may have been sold since: the task has taken the number, and what the offer holds now is another one rightly. */
function withoutQuantity({ update: { quantity: _quantity, pub_state: _state, ...update }, ...change }: Change): Change {
  return { ...change, update }
}

const rejected = ({ sku, market }: Change, ticket: string, words: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `Back Market did not take the change of ${sku} (${market}) from the file of task ${ticket}: ${words}. Correct it at its source.`,
  })

/**
 * The report's form is not documented beyond "the result for each SKU": an object by SKU, or a list whose members name theirs.
 * A member that speaks of an error is one; `undefined` where nothing wrong is said.
 */
function faultOf({ result }: WireTask, sku: string): string | undefined {
  const said = memberOf(result, sku.toLowerCase())
  const words = errorWords(said)
  return words.length === 0 ? undefined : withoutPersons(words.join('; '))
}

function memberOf(result: unknown, sku: string): unknown {
  if (Array.isArray(result))
    return result.find((member: unknown) => isObject(member) && String(member['sku']).toLowerCase() === sku)
  if (!isObject(result)) return undefined
  return Object.entries(result).find(([name]) => name.toLowerCase() === sku)?.[1]
}

function errorWords(said: unknown): string[] {
  if (typeof said === 'string') return /error|invalid|fail|not found|refus/i.test(said) ? [said] : []
  if (Array.isArray(said)) return said.flatMap((each) => (typeof each === 'string' ? [each] : errorWords(each)))
  if (!isObject(said)) return []
  const named = ['error', 'errors', 'error_message'].flatMap((name) =>
    typeof said[name] === 'string' ? [said[name]] : errorWords(said[name]),
  )
  return named.length > 0 || !/error|fail/i.test(typeof said['status'] === 'string' ? said['status'] : '')
    ? named
    : ['error']
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
