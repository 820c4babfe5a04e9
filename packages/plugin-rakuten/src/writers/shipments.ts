import { isKontorError, KontorError, type Cache, type Delivery, type Order, type Outcome } from '@kontor/core'
import { nothingWasDone, refusalOf, toArticleFailure } from '../errors.ts'
import type { ShippedUnit } from '../wire/index.ts'
import { chooseUnits, notedUnits, noteUnits, type Unit } from './chosen-units.ts'
import type { LiveNeeds, LiveUnits } from './live-units.ts'
import { already, nextQuestion, refused, turnedAway, waiting, withoutOrder } from './outcomes.ts'
import { planTransport, type Transport } from './transport.ts'

export interface ShipmentNeeds extends LiveNeeds {
  cache: Cache
}
type ShipmentDelivery = Delivery<'shipments'>

/** A delivery that is ready to go into a file. */
interface Ready {
  readonly delivery: ShipmentDelivery
  readonly order: Order
  readonly units: readonly ShippedUnit[]
  /** Why other units of the parcel cannot be confirmed. */
  readonly hindrance?: KontorError
}

/** Own choice; no limit of a file is documented. */
const unitsPerFile = 200

/** Confirms parcels unit by unit: looks which units are still to be shipped, then sends them in as few files as possible. */
export async function* writeShipments(
  batch: readonly ShipmentDelivery[],
  live: LiveUnits,
  needs: ShipmentNeeds,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const ready: Ready[] = []
  const taken = new Set<string>()
  for (const delivery of batch) {
    const plan = await planShipment(delivery, live, needs, taken)
    if ('outcome' in plan) yield plan.outcome
    else if (plan.correct) yield* correctTracking(plan, needs, signal)
    else ready.push(plan)
  }
  for (const file of filesOf(ready)) yield* sendFile(file, needs, signal)
}

type Plan = { outcome: Outcome } | (Ready & { correct: boolean })

async function planShipment(
  delivery: ShipmentDelivery,
  live: LiveUnits,
  needs: ShipmentNeeds,
  taken: Set<string>,
): Promise<Plan> {
  const { record: shipment, order } = delivery
  if (order === undefined) return { outcome: withoutOrder(delivery) }
  if (shipment.status?.value === 'announced')
    return {
      outcome: waiting(
        delivery,
        new KontorError('NOT_YET', {
          message: 'The parcel is only announced; it is confirmed when it has been handed over.',
        }),
      ),
    }
  if (shipment.status?.value === 'cancelled')
    return {
      outcome:
        delivery.known === undefined
          ? already(delivery)
          : refused(
              delivery,
              new KontorError('UNSUPPORTED', {
                message:
                  'A confirmed shipment cannot be taken back at Rakuten. Write to the buyer, or cancel the articles.',
              }),
            ),
    }

  const transport = planTransport(shipment, order, needs.config)
  if ('error' in transport) return { outcome: refused(delivery, transport.error) }
  const units = await unitsToShip(delivery, order, live, needs.cache, taken)
  if (isKontorError(units))
    return { outcome: units.code === 'NOT_YET' ? waiting(delivery, units) : refused(delivery, units) }
  const shipped = await Promise.all(units.map((unit) => live.isShipped(unit.itemId)))
  const open = units.filter((_, index) => shipped[index] === false)
  for (const unit of units) taken.add(unit.itemId)
  if (open.length > 0) {
    const hindrances = await hindrancesOf(open, live)
    const [hindrance] = [...hindrances.values()].toSorted((a, b) =>
      a.code === 'NOT_YET' ? -1 : b.code === 'NOT_YET' ? 1 : 0,
    )
    if (hindrance?.code === 'NOT_YET') return { outcome: waiting(delivery, hindrance) }
    const possible = open.filter((unit) => !hindrances.has(unit.itemId))
    if (hindrance !== undefined && possible.length === 0) return { outcome: refused(delivery, hindrance) }
    await noteUnits(delivery, units, needs.cache)
    const plan = { delivery, order, units: possible.map((unit) => toUnit(unit, transport)), correct: false }
    return hindrance === undefined ? plan : { ...plan, hindrance }
  }
  // Confirmed before: only a newer word about a parcel we confirmed ourselves is sent as a correction.
  const correct = delivery.known !== undefined && transport.transporter !== '' && units.length > 0
  return correct
    ? { delivery, order, units: units.map((unit) => toUnit(unit, transport)), correct }
    : { outcome: already(delivery) }
}

const toUnit = ({ purchaseId, itemId }: Unit, transport: Transport): ShippedUnit => ({
  purchaseId,
  itemId,
  ...transport,
})

async function unitsToShip(
  delivery: ShipmentDelivery,
  order: Order,
  live: LiveUnits,
  cache: Cache,
  taken: ReadonlySet<string>,
): Promise<Unit[] | KontorError> {
  const { lines } = delivery.record
  const toShip = new Set<string>()
  for (const line of order.lines ?? [])
    for (const unit of line.units ?? []) if (unit.id != null && (await live.isToShip(unit.id))) toShip.add(unit.id)
  try {
    const open = (unit: Unit): boolean =>
      toShip.has(unit.itemId) && !taken.has(unit.itemId) && unit.line.fulfilledBy !== 'marketplace'
    const chosen = await chooseUnits(delivery, order, lines, open, cache)
    // Nothing is left to ship: it may have been shipped already, or not be accepted yet.
    const units = chosen.length > 0 ? chosen : await notedUnits(delivery, order, lines, cache)
    const own = units.filter((unit) => unit.line.fulfilledBy !== 'marketplace')
    if (own.length > 0) return own
    return new KontorError('UNSUPPORTED', {
      message:
        units.length > 0
          ? 'The articles are shipped by Rakuten logistics, which confirms them itself.'
          : 'The shipment has no article of the sale.',
    })
  } catch (thrown) {
    if (isKontorError(thrown) && thrown.code === 'REQUEST_REJECTED') return thrown
    throw thrown
  }
}

/** Why units cannot be confirmed: only accepted ones may be. One that the list of what is to be shipped names is accepted. */
async function hindrancesOf(units: readonly Unit[], live: LiveUnits): Promise<Map<string, KontorError>> {
  const found = new Map<string, KontorError>()
  for (const { itemId } of units) {
    if (await live.isToShip(itemId)) continue
    const state = await live.state(itemId)
    if (state === 'awaiting' || state === 'preorder')
      found.set(
        itemId,
        new KontorError('NOT_YET', {
          message: `Article ${itemId} is not accepted yet; the shipment is confirmed once it is.`,
        }),
      )
    if (state === 'refused' || state === 'cancelled' || state === 'gone')
      found.set(
        itemId,
        new KontorError('CONFLICT', {
          message: `Article ${itemId} ${state === 'gone' ? 'is in no list of Rakuten any more' : `is ${state}`}: it cannot be confirmed as shipped. Check whether the parcel can be stopped.`,
        }),
      )
  }
  return found
}

function filesOf(ready: readonly Ready[]): Ready[][] {
  const files: Ready[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const one of ready) {
    if (size + one.units.length > unitsPerFile) {
      files.push([])
      size = 0
    }
    files.at(-1)?.push(one)
    size += one.units.length
  }
  return files
}

async function* sendFile(file: readonly Ready[], needs: ShipmentNeeds, signal: AbortSignal): AsyncGenerator<Outcome> {
  const [first] = file
  if (first === undefined) return
  const name = `kontor_${first.delivery.key}.xml`
  needs.changes()
  let answer: { importId: string | undefined; refused: Map<string, string> }
  try {
    answer = await needs.client.sendShipments(
      file.flatMap(({ units }) => [...units]),
      name,
      file.map(({ delivery }) => delivery),
      signal,
    )
  } catch (thrown) {
    if (!isKontorError(thrown) || !nothingWasDone(thrown)) throw thrown
    for (const { delivery } of file)
      yield thrown.scope === 'record' ? refused(delivery, thrown) : turnedAway(delivery, thrown, needs.clock)
    if (thrown.scope !== 'record') throw thrown
    return
  }
  for (const one of file) yield outcomeOf(one, answer.importId ?? name, answer.refused, needs)
}

function outcomeOf(
  { delivery, units, hindrance }: Ready,
  ticket: string,
  refusals: ReadonlyMap<string, string>,
  { clock }: ShipmentNeeds,
): Outcome {
  const failures = units.flatMap(({ itemId }) => {
    const words = refusals.get(itemId)
    if (words === undefined) return []
    const refusal = refusalOf(words)
    return refusal === 'already-shipped' ? [] : [toArticleFailure(itemId, refusal, words)]
  })
  const failure = failures.find((error) => error.code !== 'NOT_YET') ?? failures[0]
  if (failure !== undefined) {
    if (failure.code === 'NOT_YET') return waiting(delivery, failure)
    return refused(
      delivery,
      failure,
      units.map(({ itemId }) => itemId).filter((itemId) => !refusals.has(itemId)),
    )
  }
  if (hindrance !== undefined)
    return refused(
      delivery,
      hindrance,
      units.map(({ itemId }) => itemId),
    )
  if (units.every(({ itemId }) => refusals.has(itemId))) return already(delivery)
  const now = clock.now()
  return {
    key: delivery.key,
    is: 'sent',
    ticket,
    item: units
      .map(({ itemId }) => itemId)
      .join(' ')
      .slice(0, 2000),
    askAt: nextQuestion(now, clock),
  }
}

/** A tracking number that was corrected later: told for each unit again. */
async function* correctTracking(
  { delivery, units }: Ready,
  { client, clock }: ShipmentNeeds,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  try {
    for (const unit of units) await client.setTracking(unit, [delivery], signal)
  } catch (thrown) {
    if (!isKontorError(thrown) || !nothingWasDone(thrown)) throw thrown
    yield thrown.scope === 'record' ? refused(delivery, thrown) : turnedAway(delivery, thrown, clock)
    if (thrown.scope !== 'record') throw thrown
    return
  }
  yield { key: delivery.key, is: 'done', detail: { corrected: units.length } }
}

/** What became of a shipment: done once none of its units is to be shipped any more. One list answers for all of them. */
export async function readBackShipment(
  delivery: ShipmentDelivery,
  live: LiveUnits,
  { cache, clock }: ShipmentNeeds,
): Promise<Outcome> {
  const { key, order, sent, record } = delivery
  if (order === undefined) return { key, is: 'absent' }
  const units =
    sent?.item === undefined
      ? await notedUnits(delivery, order, record.lines, cache)
      : sent.item.split(' ').map((itemId) => ({ itemId }))
  const shipped = await Promise.all(units.map(({ itemId }) => live.isShipped(itemId)))
  if (units.length > 0 && shipped.every(Boolean)) return { key, is: 'done' }
  if (sent?.ticket === undefined) return { key, is: 'absent' }
  const sentAt = Date.parse(sent.at)
  // Files are worked off within minutes; what is not done after six hours has had no effect and is sent again.
  if (clock.now() - sentAt > 6 * 3_600_000) return { key, is: 'absent' }
  return {
    key,
    is: 'sent',
    ticket: sent.ticket,
    ...(sent.item === undefined ? {} : { item: sent.item }),
    askAt: nextQuestion(sentAt, clock),
  }
}
