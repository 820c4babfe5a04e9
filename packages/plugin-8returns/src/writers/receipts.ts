import {
  isKontorError,
  KontorError,
  toInstant,
  type Clock,
  type Delivery,
  type Log,
  type Look,
  type Outcome,
  type Writer,
} from '@kontor/core'
import { readReturn, type Client, type Named } from '../client/index.ts'
import type { EightReturnsConfig } from '../config.ts'
import { withoutPersons } from '../errors.ts'
import type { BookedItem, ItemResult, WireReturn } from '../wire/index.ts'
import { isSettled, planReceipt, type ReceiptPlan } from './plan-receipt.ts'
import { refuse, wantedBy, type Wanted } from './wanted.ts'

interface Needs {
  client: Client
  config: EightReturnsConfig
  clock: Clock
  log: Log
}
type ReceiptDelivery = Delivery<'receipts'>

/** Codes after which a call with an effect may have had it: no answer, a broken one, or a fault while it was worked on. */
const doubtful: readonly string[] = ['TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'WIRE_MISMATCH', 'ANSWER_TOO_LARGE']
/** When the return is read again after a doubt. */
const askAfterMs = 60_000
/** When a return that somebody else is changing is tried again. */
const conflictMs = 30_000

export const createReceiptsWriter = (needs: Needs): Writer<'receipts'> => ({
  async *write(batch, signal) {
    for (const delivery of batch) yield await book(needs, delivery, signal)
  },
  async *readBack(batch, signal) {
    for (const delivery of batch) yield await askBack(needs, delivery, signal)
  },
})

/** Reads, compares, sends the difference in one call, and reads back. */
async function book(needs: Needs, delivery: ReceiptDelivery, signal: AbortSignal): Promise<Outcome> {
  const { client, config } = needs
  const { key, record, sent } = delivery
  const named = namedReturn(delivery)
  if (named === undefined) return unnamed(delivery)
  const before = await readReturn(client, named, signal)
  if (before === undefined) return unknownReturn(delivery, named)

  const plan = attemptPlan(() => planReceipt(record, before, config, sent !== undefined))
  if (isKontorError(plan)) return { key, is: 'refused', error: plan }
  if (plan.book.length === 0) return { key, is: 'already', reference: named.id }

  const call = await send(needs, delivery, named, plan, signal)
  return 'key' in call ? call : confirm(needs, delivery, named, { plan, results: call.results }, signal)
}

/** The one call with an effect. What is certain to have had none is told; a doubt is asked about; what concerns more than this record rises. */
async function send(
  { client, clock }: Needs,
  { key }: ReceiptDelivery,
  { id }: Named,
  plan: ReceiptPlan,
  signal: AbortSignal,
): Promise<Outcome | { results: readonly ItemResult[] | undefined }> {
  try {
    return { results: await client.bookItems(id, plan.book, { for: [{ key }] }, signal) }
  } catch (error) {
    if (!isKontorError(error)) throw error
    // Nothing was sent, and nothing shall be told of it: the host does what is to be done.
    if (error.code === 'PLAN_MODE') throw error
    if (error.code === 'CONFLICT') return { key, is: 'waiting', error, until: toInstant(clock.now() + conflictMs) }
    if (doubtful.includes(error.code) || isPageInsteadOfAnswer(error)) return inDoubt(key, clock)
    if (error.scope === 'record') return { key, is: 'refused', error }
    throw error
  }
}

/** A web page with a status of success: somebody answered, and nobody knows who. */
const isPageInsteadOfAnswer = ({ code, exchange }: KontorError): boolean =>
  code === 'ENDPOINT_MISMATCH' && (exchange?.status ?? 200) < 400

const inDoubt = (key: string, clock: Clock): Outcome => ({
  key,
  is: 'sent',
  askAt: toInstant(clock.now() + askAfterMs),
})

interface Answered {
  plan: ReceiptPlan
  results: readonly ItemResult[] | undefined
}

/** 200 is not success: the answer tells item by item, by SKU and in any order, and the return itself has the last word. */
async function confirm(
  needs: Needs,
  delivery: ReceiptDelivery,
  named: Named,
  { plan, results }: Answered,
  signal: AbortSignal,
): Promise<Outcome> {
  const { key, sent } = delivery
  const after = await stateAfter(needs, named, signal)
  const now = after && attemptPlan(() => wantedBy(delivery.record, after, needs.config))
  const settled = (sku: string): boolean =>
    now !== undefined && !isKontorError(now) && now.some((each) => each.sku === sku && isSettled(each))
  const told = plan.book.map((entry) => ({ entry, told: toldOf(entry, results), seen: settled(entry.sku) }))

  const failed = told.filter((each) => each.told.is === 'failed' && !each.seen)
  const applied = [
    ...plan.already,
    ...told.filter((each) => each.seen || each.told.is === 'success').map(({ entry }) => entry.sku),
  ]
  if (failed.length > 0)
    return { key, is: 'refused', error: refusedItems(named.id, failed), applied, look: lookAt(named) }
  const unseen = told.filter((each) => !each.seen && each.entry.as !== 'missing')
  const untold = told.some((each) => !each.seen && each.told.is === 'untold')
  if (!untold && unseen.length === 0)
    return {
      key,
      is: 'done',
      reference: named.id,
      look: lookAt(named),
      detail: { booked: plan.book.map(({ sku, quantity, as }) => ({ sku, quantity, as })), already: [...plan.already] },
    }
  if (sent === undefined || untold) return { ...inDoubt(key, needs.clock), look: lookAt(named) }
  needs.log.warn('8returns says that items were booked and does not show it', {
    return: named.id,
    items: unseen.length,
  })
  return {
    key,
    is: 'refused',
    applied,
    look: lookAt(named),
    error: refuse(
      'IN_DOUBT',
      `8returns said twice that ${unseen.map(({ entry }) => entry.sku).join(', ')} of return ${named.id} was booked, and does not show it. Look there, then "kontor deliveries retry" or "skip".`,
      'lines',
    ),
  }
}

type Told = { is: 'success' } | { is: 'failed'; message: string } | { is: 'untold' }

function toldOf({ sku }: BookedItem, results: readonly ItemResult[] | undefined): Told {
  const own = (results ?? []).filter((each) => each.sku === sku)
  const failure = own.find(({ succeeded }) => succeeded === false)
  if (failure !== undefined) return { is: 'failed', message: failure.message ?? 'without a reason' }
  return own.length > 0 && own.every(({ succeeded }) => succeeded === true) ? { is: 'success' } : { is: 'untold' }
}

const refusedItems = (id: string, failed: readonly { entry: BookedItem; told: Told }[]): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `8returns did not book every item of return ${id}: ${failed.map(({ entry, told }) => `${entry.sku} as ${entry.as}: “${told.is === 'failed' ? withoutPersons(told.message) : ''}”`).join('; ')}. Correct these in 8returns or at the source of the receipt.`,
    path: 'lines',
  })

/** The booking is done; that it cannot be read back at once must not turn it into a failure. */
async function stateAfter({ client }: Needs, named: Named, signal: AbortSignal): Promise<WireReturn | undefined> {
  try {
    return await readReturn(client, named, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (isKontorError(error) && error.code !== 'FENCED') return undefined
    throw error
  }
}

/** What became of an attempt? Only the return tells; of a booking as missing it tells nothing. */
async function askBack({ client, config }: Needs, delivery: ReceiptDelivery, signal: AbortSignal): Promise<Outcome> {
  const { key, record } = delivery
  const named = namedReturn(delivery)
  if (named === undefined) return unnamed(delivery)
  const state = await readReturn(client, named, signal)
  if (state === undefined) return unknownReturn(delivery, named)
  const wanted = attemptPlan(() => wantedBy(record, state, config))
  if (isKontorError(wanted)) return { key, is: 'refused', error: wanted }
  const visible = wanted.filter(({ as }) => as !== 'missing')
  const hidden = wanted.filter(({ as }) => as === 'missing')
  // All went in one call: where none of the visible ones took effect, the hidden ones did not either.
  if (visible.some((each) => !isSettled(each)) && !(hidden.length > 0 && visible.some(isSettled)))
    return { key, is: 'absent' }
  if (hidden.length === 0) return { key, is: 'done', reference: named.id, look: lookAt(named) }
  return {
    key,
    is: 'refused',
    error: hiddenDoubt(hidden, named.id),
    applied: visible.filter(isSettled).map(({ sku }) => sku),
    look: lookAt(named),
  }
}

const hiddenDoubt = (hidden: readonly Wanted[], id: string): KontorError =>
  refuse(
    'IN_DOUBT',
    `Whether ${hidden.map(({ sku }) => sku).join(', ')} of return ${id} was booked as missing cannot be seen in the answers of 8returns, and saying it twice may write to the customer twice. Look there, then "kontor deliveries retry" or "skip".`,
    'lines',
  )

function attemptPlan<T>(plan: () => T): T | KontorError {
  try {
    return plan()
  } catch (error) {
    if (isKontorError(error)) return error
    throw error
  }
}

/** The return as this system told it; without it, the id the receipt names. */
function namedReturn({ return: told, record: { about } }: ReceiptDelivery): Named | undefined {
  if (told !== undefined) return { id: told.id, numbers: told.numbers }
  return about.entity === 'returns' && about.id !== undefined
    ? { id: about.id, numbers: about.number === undefined ? [] : [about.number] }
    : undefined
}

const lookAt = ({ id, numbers }: Named): readonly Look[] => [
  { ref: { entity: 'returns', id, ...(numbers ? { numbers } : {}) }, reason: 'a receipt was booked' },
]

const unnamed = ({ key }: ReceiptDelivery): Outcome => ({
  key,
  is: 'refused',
  error: refuse(
    'RECORD_INVALID',
    'The receipt does not say which return it is about. Give the key, id or number of the return in `about`.',
    'about',
  ),
})

const unknownReturn = ({ key }: ReceiptDelivery, { id }: Named): Outcome => ({
  key,
  is: 'refused',
  error: refuse(
    'NOT_FOUND',
    `8returns knows no return ${id}, neither by id nor in its list. Check whether it was deleted there.`,
    'about',
  ),
})
