import {
  KontorError,
  isKontorError,
  toInstant,
  toMs,
  type Clock,
  type Page,
  type Payout,
  type Reader,
  type Rejection,
} from '@kontor/core'
import { z } from 'zod'
import type { RakutenClient } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parseParisTime, toPayout } from '../mapping/index.ts'
import { OperationWire, type CompensationWire } from '../wire/index.ts'

/**
 * `done`: the newest payouts that were told in walks that came to their end. `walk`: one under way, with the date it goes on from (in Rakuten's
 * own text; absent: from the newest on) and the payouts it has told.
 */
export const PayoutsCheckpoint = z.object({
  done: z.array(z.string()),
  walk: z.object({ from: z.string().optional(), told: z.array(z.string()) }).optional(),
})
export type PayoutsCheckpoint = z.infer<typeof PayoutsCheckpoint>

export interface PayoutsNeeds {
  client: RakutenClient
  config: Pick<RakutenConfig, 'payoutLines'>
  clock: Clock
}

type PayoutsPage = Page<'payouts', PayoutsCheckpoint>
const mostKnown = 500
const mostPages = 200

export function createPayoutsReader(needs: PayoutsNeeds): Reader<'payouts', PayoutsCheckpoint> {
  return {
    read: ({ since, checkpoint, signal }) => readPayouts(needs, toMs(since), checkpoint ?? { done: [] }, signal),
  }
}

/**
 * Walks the wallet from the newest payout to those already told. That the newest come first, and that `lastoperationdate` leads to those
 * before it, is inferred from its name. A walk that was broken off is finished first; then another sees what has come since. Where the hour's
 * quota has no room left for payouts, the reading ends there and goes on with the next hour.
 */
async function* readPayouts(
  needs: PayoutsNeeds,
  since: number,
  begun: PayoutsCheckpoint,
  signal: AbortSignal,
): AsyncGenerator<PayoutsPage> {
  let done: readonly string[] | undefined = begun.done
  if (begun.walk !== undefined) done = yield* walkWallet(needs, since, done, begun.walk, signal)
  if (done !== undefined) yield* walkWallet(needs, since, done, { told: [] }, signal)
}

/** Answers what has been told, or `undefined` where the quota ended it. */
async function* walkWallet(
  { client, config, clock }: PayoutsNeeds,
  since: number,
  done: readonly string[],
  walk: NonNullable<PayoutsCheckpoint['walk']>,
  signal: AbortSignal,
): AsyncGenerator<PayoutsPage, string[] | undefined> {
  const known = new Set(done)
  const told = new Set(walk.told)
  let { from } = walk
  const breakOff = (records: Payout[], rejected: Rejection[], pause: KontorError): PayoutsPage => ({
    records,
    rejected,
    checkpoint: { done: [...done], walk: { ...(from === undefined ? {} : { from }), told: [...told] } },
    resumeAt: toInstant(clock.now() + (pause.retryAfterMs ?? 60_000)),
  })
  for (let page = 0; page < mostPages; page++) {
    const answer = await unlessUsedUp(client.operations(from, signal))
    if (isKontorError(answer)) {
      yield breakOff([], [], answer)
      return undefined
    }
    const { operations, rejected } = readOperations(answer.operations)
    const fresh = operations.filter(({ operationid }) => !known.has(operationid) && !told.has(operationid))
    const records: Payout[] = []
    for (const operation of fresh) {
      if (timeOf(operation) >= since) {
        const details = config.payoutLines ? await unlessUsedUp(detailsOf(client, operation, signal)) : undefined
        if (isKontorError(details)) {
          yield breakOff(records, rejected, details)
          return undefined
        }
        records.push(toPayout(operation, details))
      }
      told.add(operation.operationid)
    }
    const next = positionAfter(operations)
    const ends =
      !answer.hasMore ||
      fresh.length === 0 ||
      next === undefined ||
      next === from ||
      operations.some((one) => timeOf(one) < since)
    const all = [...told, ...done].slice(0, mostKnown)
    yield {
      records,
      rejected,
      checkpoint:
        ends || next === undefined ? { done: all } : { done: [...done], walk: { from: next, told: [...told] } },
    }
    if (ends) return all
    from = next
  }
  return [...done]
}

/** The answer, or the error that asks for patience. */
async function unlessUsedUp<T>(asked: Promise<T>): Promise<T | KontorError> {
  try {
    return await asked
  } catch (thrown) {
    if (isKontorError(thrown) && thrown.code === 'RATE_LIMITED') return thrown
    throw thrown
  }
}

const timeOf = (operation: OperationWire): number => {
  const time = parseParisTime(operation.operationdate)
  return time === undefined ? Number.POSITIVE_INFINITY : toMs(time.instant)
}

/** The date of the last one, as the parameter wants it: with a year of two digits, where the answer has four. */
const positionAfter = (operations: readonly OperationWire[]): string | undefined =>
  operations.at(-1)?.operationdate?.replace(/^(\d{2}\/\d{2}\/)\d{2}(\d{2}-)/, '$1$2')

/** The lines of a payout; a payout whose details Rakuten does not know is told without. */
async function detailsOf(
  client: RakutenClient,
  operation: OperationWire,
  signal: AbortSignal,
): Promise<CompensationWire | undefined> {
  if (operation.compensationid === undefined) return undefined
  try {
    return (await client.compensation(operation.compensationid, signal)).compensationdetails
  } catch (thrown) {
    if (isKontorError(thrown) && (thrown.code === 'NOT_FOUND' || thrown.code === 'REQUEST_REJECTED')) return undefined
    throw thrown
  }
}

function readOperations(raw: readonly unknown[]): { operations: OperationWire[]; rejected: Rejection[] } {
  const operations: OperationWire[] = []
  const rejected: Rejection[] = []
  for (const one of raw) {
    const parsed = OperationWire.safeParse(one)
    if (parsed.success) operations.push(parsed.data)
    else {
      const path = parsed.error.issues[0]?.path.join('.') ?? ''
      rejected.push({
        path,
        error: new KontorError('RECORD_INVALID', {
          message: `A payout of Rakuten does not have the form we know at ${path || 'its top'}.`,
          path,
        }),
        raw: one,
      })
    }
  }
  return { operations, rejected }
}
