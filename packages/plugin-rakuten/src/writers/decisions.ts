import {
  isKontorError,
  KontorError,
  toInstant,
  toMs,
  type Cache,
  type Decision,
  type Delivery,
  type Instant,
  type Json,
  type Order,
  type Outcome,
} from '@kontor/core'
import { nothingWasDone } from '../errors.ts'
import { parisDay } from '../mapping/index.ts'
import { countryNumber } from '../tables/index.ts'
import { chooseUnits, notedUnits, noteUnits, unitsOf, type Unit } from './chosen-units.ts'
import { stepFor, type DecisionWord, type Step } from './decision-steps.ts'
import { LiveUnits, type LiveNeeds, type LiveState } from './live-units.ts'
import { already, refused, turnedAway, waiting, withoutOrder } from './outcomes.ts'
import { toComment } from './comment.ts'

export interface DecisionNeeds extends LiveNeeds {
  cache: Cache
}
/** How long a pre-order waits for those before it. */
const waitForOlderMs = 10 * 60_000

/** Before this nothing is sent: what the decision says, else for an acceptance the hour in which the buyer may cancel freely. */
function notBefore(decision: Decision, order: Order, delayMinutes: number): Instant | undefined {
  if (decision.notBefore != null) return decision.notBefore
  if (decision.decision !== 'accept' || order.orderedAt == null) return undefined
  return toInstant(toMs(order.orderedAt) + delayMinutes * 60_000)
}

export async function* writeDecision(
  delivery: Delivery<'decisions'>,
  live: LiveUnits,
  needs: DecisionNeeds,
  signal: AbortSignal,
  word: DecisionWord = delivery.record.decision,
): AsyncGenerator<Outcome> {
  const { record: decision, order } = delivery
  if (order === undefined) {
    yield withoutOrder(delivery)
    return
  }
  const earliest = notBefore(decision, order, needs.config.acceptDelayMinutes)
  if (earliest !== undefined && toMs(earliest) > needs.clock.now()) {
    yield waiting(
      delivery,
      new KontorError('NOT_YET', {
        message: `Decided, and not sent before ${earliest}: the buyer may still cancel freely (\`acceptDelayMinutes\`).`,
      }),
      earliest,
    )
    return
  }

  const plan = await planFor(delivery, word, order, live, needs.cache)
  if (isKontorError(plan)) {
    yield refused(delivery, plan)
    return
  }
  const todo = plan.filter(({ step }) => step !== 'nothing' && typeof step === 'string')
  if (todo.length > 0)
    await noteUnits(
      delivery,
      plan.map(({ unit }) => unit),
      needs.cache,
    )
  const conflicts = plan.flatMap(({ unit, step }) =>
    typeof step === 'object'
      ? [new KontorError('CONFLICT', { message: `Article ${unit.itemId} ${step.conflict}.` })]
      : [],
  )
  const done: Record<string, Json> = {}
  for (const call of callsFor(todo)) {
    needs.changes()
    try {
      const first = call.step === 'confirm' ? await preordersFirst(call, live) : undefined
      if (first !== undefined) {
        conflicts.push(first)
        continue
      }
      Object.assign(done, await callOne(call, decision, delivery, needs, signal))
      if (call.step === 'confirm') conflicts.push(...(await stillWaiting(call, needs, order, signal)))
    } catch (thrown) {
      if (!isKontorError(thrown) || !nothingWasDone(thrown)) throw thrown
      if (thrown.scope !== 'record') {
        yield turnedAway(delivery, thrown, needs.clock)
        throw thrown
      }
      conflicts.push(thrown)
    }
  }
  yield outcomeOf(delivery, order, done, conflicts, needs.clock.now())
}

/** Of what no list names any more a refund has to know how it ended: a cancelled sale leaves the lists. */
async function stateNow({ itemId, purchaseId }: Unit, word: DecisionWord, live: LiveUnits): Promise<LiveState> {
  const state = await live.state(itemId)
  return word === 'refund' && state === 'gone' ? await live.endedState(purchaseId, itemId) : state
}

async function planFor(
  delivery: Delivery<'decisions'>,
  word: DecisionWord,
  order: Order,
  live: LiveUnits,
  cache: Cache,
): Promise<{ unit: Unit; step: Step }[] | KontorError> {
  const { record: decision } = delivery
  const states = new Map<string, LiveState>()
  const units = unitsOf(order)
  for (const unit of units) states.set(unit.itemId, await stateNow(unit, word, live))
  const stateOf = (unit: Unit): LiveState => states.get(unit.itemId) ?? 'gone'
  const whole = decision.lines == null || decision.lines.length === 0
  try {
    // Of a line, those units first that the decision can apply to. Accepting the whole sale leaves out what is cancelled; refusing or
    // cancelling the whole sale means every unit, so that one which cannot be refused is said.
    // Of two refunds of one piece each, the second means the other piece.
    const possible = (unit: Unit): boolean => {
      const step = stepFor(word, stateOf(unit))
      return typeof step === 'string' && (word !== 'refund' || step !== 'nothing')
    }
    const every = whole && (word === 'refuse' || word === 'cancel' || word === 'refund')
    const chosen = await chooseUnits(delivery, order, decision.lines, every ? () => true : possible, cache)
    const meant = chosen.length > 0 ? chosen : units.filter(({ line }) => whole || isNamed(line, decision))
    return meant.map((unit) => ({ unit, step: stepFor(word, stateOf(unit)) }))
  } catch (thrown) {
    if (isKontorError(thrown) && thrown.code === 'REQUEST_REJECTED') return thrown
    throw thrown
  }
}

const isNamed = (line: Unit['line'], { lines }: Decision): boolean =>
  (lines ?? []).some((wanted) => (wanted.lineId == null ? wanted.sku === line.sku : wanted.lineId === line.id))

interface CallPlan {
  readonly step: 'accept' | 'refuse' | 'cancel' | 'confirm'
  readonly units: readonly [Unit, ...Unit[]]
}
/** One call a unit; pre-orders are confirmed per advert. */
function callsFor(todo: readonly { unit: Unit; step: Step }[]): CallPlan[] {
  const calls: CallPlan[] = []
  const adverts = new Map<string, [Unit, ...Unit[]]>()
  for (const { unit, step } of todo) {
    if (step === 'confirm') {
      const advert = unit.line.listingId ?? ''
      const units = adverts.get(advert)
      if (units === undefined) adverts.set(advert, [unit])
      else units.push(unit)
    } else if (step === 'accept' || step === 'refuse' || step === 'cancel') calls.push({ step, units: [unit] })
  }
  return [...calls, ...[...adverts.values()].map((units): CallPlan => ({ step: 'confirm', units }))]
}

const advertOf = ([{ line }]: CallPlan['units']): string => line.listingId ?? ''

/** Rakuten takes a number of pieces and confirms the oldest pre-orders of the advert: a later one would confirm another buyer's. */
async function preordersFirst({ units }: CallPlan, live: LiveUnits): Promise<KontorError | undefined> {
  const before = await live.preordersBefore(
    advertOf(units),
    units.map(({ itemId }) => itemId),
  )
  if (before === 0) return undefined
  return new KontorError('NOT_YET', {
    message: `Article ${units[0].itemId} is a pre-order, and ${before} older ${before === 1 ? 'one' : 'ones'} of the same advert wait${before === 1 ? 's' : ''}; Rakuten confirms the oldest first. Confirm or refuse those; this one is sent after them.`,
  })
}

/** What Rakuten still lists as waiting after it took the confirmation. A person looks, since asking again could confirm somebody else's. */
async function stillWaiting(
  { units }: CallPlan,
  needs: DecisionNeeds,
  order: Order,
  signal: AbortSignal,
): Promise<KontorError[]> {
  const now = new LiveUnits(needs, [order], parisDay, signal)
  const states = await Promise.all(units.map(async ({ itemId }) => ({ itemId, state: await now.state(itemId) })))
  return states
    .filter(({ state }) => state === 'preorder')
    .map(
      ({ itemId }) =>
        new KontorError('CONFLICT', {
          message: `Rakuten took the confirmation of pre-order ${itemId}, and still lists it as waiting. Look at the advert's pre-orders in the back office.`,
        }),
    )
}

async function callOne(
  { step, units }: CallPlan,
  decision: Decision,
  delivery: Delivery<'decisions'>,
  { client, config }: DecisionNeeds,
  signal: AbortSignal,
): Promise<Record<string, Json>> {
  const [{ itemId, line }] = units
  if (step === 'accept') {
    const answer = await client.acceptUnit(itemId, countryNumber(config.shippingFromCountry) ?? 249, [delivery], signal)
    const shop = answer.onestopshop
    return {
      [itemId]: {
        is: 'accepted',
        ...(answer.importcountry === undefined ? {} : { importCountry: answer.importcountry }),
        ...(shop?.type === undefined ? {} : { oneStopShop: { type: shop.type, value: shop.value ?? null } }),
      },
    }
  }
  if (step === 'refuse')
    return { [itemId]: { is: 'refused', says: (await client.refuseUnit(itemId, [delivery], signal)) ?? null } }
  if (step === 'cancel')
    return {
      [itemId]: {
        is: 'cancelled',
        says:
          (await client.cancelUnit(itemId, toComment(decision.message ?? config.cancelComment), [delivery], signal)) ??
          null,
      },
    }
  const advertId = line.listingId
  if (advertId == null)
    throw new KontorError('REQUEST_REJECTED', {
      message: `Article ${itemId} has no advert; confirm the pre-order in the back office.`,
      vendorCode: 'advertid',
    })
  const says = await client.confirmPreorder(advertId, units.length, [delivery], signal)
  return Object.fromEntries(units.map((unit) => [unit.itemId, { is: 'confirmed', says: says ?? null }]))
}

function outcomeOf(
  delivery: Delivery<'decisions'>,
  order: Order,
  done: Record<string, Json>,
  conflicts: readonly KontorError[],
  now: number,
): Outcome {
  const applied = Object.keys(done)
  // E-mail and phone are told only now.
  const look =
    applied.length === 0
      ? {}
      : { look: [{ ref: { entity: 'orders' as const, id: order.id, numbers: [order.id] }, reason: 'decided' }] }
  const [first] = conflicts
  if (first !== undefined && applied.length === 0 && conflicts.every(({ code }) => code === 'NOT_YET'))
    return waiting(delivery, first, toInstant(now + waitForOlderMs))
  if (first !== undefined) {
    const more = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more articles)` : ''
    const error = new KontorError(first.code, {
      message: `${first.message}${more}`,
      ...(first.vendorCode === undefined ? {} : { vendorCode: first.vendorCode }),
    })
    return { ...refused(delivery, error, applied), ...look }
  }
  return applied.length === 0
    ? already(delivery)
    : { key: delivery.key, is: 'done', reference: order.id, detail: { units: done }, ...look }
}

/** What became of a decision in doubt: done when there is nothing left to do for its units; the rest is sent again, looking first. */
export async function readBackDecision(
  delivery: Delivery<'decisions'>,
  live: LiveUnits,
  { cache }: DecisionNeeds,
  word: DecisionWord = delivery.record.decision,
): Promise<Outcome> {
  const { record: decision, order, key } = delivery
  if (order === undefined) return { key, is: 'absent' }
  for (const unit of await notedUnits(delivery, order, decision.lines, cache)) {
    const step = stepFor(word, await stateNow(unit, word, live))
    if (step !== 'nothing') return { key, is: 'absent' }
  }
  return {
    key,
    is: 'done',
    reference: order.id,
    look: [{ ref: { entity: 'orders', id: order.id, numbers: [order.id] }, reason: 'decided' }],
  }
}
