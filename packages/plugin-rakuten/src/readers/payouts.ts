import { KontorError, isKontorError, toMs, type Page, type Reader, type Rejection } from '@kontor/core'
import { z } from 'zod'
import type { RakutenClient } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parseParisTime, toPayout } from '../mapping/index.ts'
import { OperationWire, type CompensationWire } from '../wire/index.ts'

/** `last`: date of the newest payout, in Rakuten's own text. `known`: the newest ids, so that none is read twice. */
export const PayoutsCheckpoint = z.object({ last: z.string().optional(), known: z.array(z.string()) })
export type PayoutsCheckpoint = z.infer<typeof PayoutsCheckpoint>

export interface PayoutsNeeds {
  client: RakutenClient
  config: Pick<RakutenConfig, 'payoutLines'>
}

type PayoutsPage = Page<'payouts', PayoutsCheckpoint>
const mostKnown = 500
const mostPages = 200

export function createPayoutsReader({ client, config }: PayoutsNeeds): Reader<'payouts', PayoutsCheckpoint> {
  return {
    read: ({ since, checkpoint, signal }) =>
      readPayouts({ client, config }, toMs(since), checkpoint ?? { known: [] }, signal),
  }
}

/**
 * Walks the wallet until a page brings nothing new. Whether `lastoperationdate` leads to older or newer operations is not documented, so
 * the walk follows the order in which a page comes, and stops at ids it has seen.
 */
async function* readPayouts(
  { client, config }: PayoutsNeeds,
  since: number,
  begun: PayoutsCheckpoint,
  signal: AbortSignal,
): AsyncGenerator<PayoutsPage> {
  const known = new Set(begun.known)
  let last = begun.last
  let position: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const answer = await client.operations(position, signal)
    const { operations, rejected } = readOperations(answer.operations)
    const fresh = operations.filter(({ operationid }) => !known.has(operationid))
    const records = []
    for (const operation of fresh.filter((one) => timeOf(one) >= since))
      records.push(toPayout(operation, config.payoutLines ? await detailsOf(client, operation, signal) : undefined))
    for (const operation of fresh) known.add(operation.operationid)
    last = newest([last, ...fresh.map(({ operationdate }) => operationdate)])
    yield {
      records,
      rejected,
      checkpoint: { ...(last === undefined ? {} : { last }), known: [...known].slice(-mostKnown) },
    }
    const next = nextPosition(operations, position, begun.last)
    const ascending = isAscending(operations)
    const reachedOld = !ascending && operations.some((one) => timeOf(one) < since)
    if (
      !answer.hasMore ||
      reachedOld ||
      next === undefined ||
      next === position ||
      (fresh.length === 0 && !(ascending && page === 0))
    )
      return
    position = next
  }
}

const timeOf = (operation: OperationWire): number => {
  const time = parseParisTime(operation.operationdate)
  return time === undefined ? Number.POSITIVE_INFINITY : toMs(time.instant)
}

function isAscending(operations: readonly OperationWire[]): boolean {
  const first = operations[0]
  const final = operations.at(-1)
  return first !== undefined && final !== undefined && timeOf(first) < timeOf(final)
}

/** The last date of the page; from the oldest page of an ascending list, straight to where the last run ended. */
function nextPosition(
  operations: readonly OperationWire[],
  position: string | undefined,
  last: string | undefined,
): string | undefined {
  const date =
    position === undefined && last !== undefined && isAscending(operations) ? last : operations.at(-1)?.operationdate
  // The parameter has a year of two digits, the answer one of four.
  return date?.replace(/^(\d{2}\/\d{2}\/)\d{2}(\d{2}-)/, '$1$2')
}

function newest(dates: readonly (string | undefined)[]): string | undefined {
  return dates
    .filter((date) => date !== undefined)
    .toSorted((a, b) => (parseParisTime(a)?.instant ?? '').localeCompare(parseParisTime(b)?.instant ?? ''))
    .at(-1)
}

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
