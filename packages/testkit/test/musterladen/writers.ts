import {
  isKontorError,
  KontorError,
  toInstant,
  type Clock,
  type Delivery,
  type Http,
  type Outcome,
  type Writer,
} from '@kontor/core'
import { fromShipment, toCents } from './mapping.ts'
import { JobWire, ShipmentsWire, ShipmentWire } from './wire.ts'

type Bucket = 'reads' | 'writes'

/** An answer about one record is its outcome; anything else ends the batch. */
async function settled(clock: Clock, key: string, call: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await call()
  } catch (error) {
    // A refusal by the limit is no doubt: nothing was done.
    if (isKontorError(error) && error.code === 'RATE_LIMITED')
      return { key, is: 'waiting', error, until: toInstant(clock.now() + (error.retryAfterMs ?? 10_000)) }
    if (!isKontorError(error) || error.scope !== 'record') throw error
    return error.code === 'NOT_YET' ? { key, is: 'waiting', error } : { key, is: 'refused', error }
  }
}

export function createWriters(
  http: Http<Bucket>,
  clock: Clock,
): { shipments: Writer<'shipments'>; stock: Writer<'stock'>; prices: Writer<'prices'>; refunds: Writer<'refunds'> } {
  return {
    shipments: shipments(http, clock),
    stock: stock(http, clock),
    prices: prices(http),
    refunds: refunds(http, clock),
  }
}

function shipments(http: Http<Bucket>, clock: Clock): Writer<'shipments'> {
  const read = async (reference: string, signal: AbortSignal) =>
    (
      await http.send({
        method: 'GET',
        path: `/shipments/${encodeURIComponent(reference)}`,
        schema: ShipmentWire,
        effect: 'none',
        take: { reads: 1 },
        doing: 'read a shipment',
        signal,
      })
    ).body

  async function announce(delivery: Delivery<'shipments'>, signal: AbortSignal): Promise<Outcome> {
    const { key, record } = delivery
    const { body } = await http.send({
      method: 'POST',
      path: `/orders/${encodeURIComponent(record.about.id ?? '')}/shipments`,
      json: { reference: key, ...fromShipment(record) },
      schema: ShipmentWire,
      effect: 'once',
      for: [delivery],
      take: { writes: 1 },
      doing: 'announce a shipment',
      signal,
    })
    if ((body.refused ?? []).length === 0) return { key, is: 'done', reference: String(body.id) }
    return {
      key,
      is: 'refused',
      applied: body.lines.map(({ line }) => String(line)),
      error: new KontorError('REQUEST_REJECTED', {
        message: `The shop took only ${body.lines.length} of the lines of this shipment. Check which lines are still open.`,
      }),
    }
  }

  async function amend(delivery: Delivery<'shipments'>, reference: string, signal: AbortSignal): Promise<Outcome> {
    const path = `/shipments/${encodeURIComponent(reference)}` as const
    const common = { path, effect: 'repeatable', for: [delivery], take: { writes: 1 }, signal } as const
    if (delivery.record.status?.value === 'cancelled')
      await http.send({ ...common, method: 'DELETE', as: 'none', doing: 'cancel a shipment' })
    else
      await http.send({
        ...common,
        method: 'PUT',
        json: fromShipment(delivery.record),
        schema: ShipmentWire,
        doing: 'correct a shipment',
      })
    return { key: delivery.key, is: 'done', reference }
  }

  async function find(delivery: Delivery<'shipments'>, signal: AbortSignal): Promise<Outcome> {
    const { key, record, known } = delivery
    if (known?.reference !== undefined) {
      const wire = await read(known.reference, signal)
      const wanted = fromShipment(record)
      const same =
        record.status?.value === 'cancelled'
          ? wire.cancelled
          : wire.tracking === wanted.tracking && wire.carrier === wanted.carrier
      return same ? { key, is: 'done', reference: known.reference } : { key, is: 'absent' }
    }
    const { body } = await http.send({
      method: 'GET',
      path: '/shipments',
      query: { reference: key },
      schema: ShipmentsWire,
      effect: 'none',
      take: { reads: 1 },
      doing: 'look for a shipment',
      signal,
    })
    const found = body.shipments.map((each) => ShipmentWire.parse(each)).find(({ reference }) => reference === key)
    return found === undefined ? { key, is: 'absent' } : { key, is: 'done', reference: String(found.id) }
  }

  return {
    async *write(batch, signal) {
      for (const delivery of batch) {
        const reference = delivery.known?.reference
        yield await settled(clock, delivery.key, () =>
          reference === undefined ? announce(delivery, signal) : amend(delivery, reference, signal),
        )
      }
    },
    async *readBack(batch, signal) {
      for (const delivery of batch) yield await find(delivery, signal)
    },
  }
}

function stock(http: Http<Bucket>, clock: Clock): Writer<'stock'> {
  return {
    async *write(batch, signal) {
      for (const delivery of batch) {
        const { key, record } = delivery
        yield await settled(clock, key, async () => {
          await http.send({
            method: 'PUT',
            path: `/offers/${encodeURIComponent(record.sku)}/stock`,
            json: { quantity: record.available },
            as: 'none',
            effect: 'repeatable',
            for: [delivery],
            take: { writes: 1 },
            doing: 'set a stock level',
            signal,
          })
          return { key, is: 'done', reference: record.sku }
        })
      }
    },
  }
}

/** Prices go as one job; what became of it is asked for later. */
function prices(http: Http<Bucket>): Writer<'prices'> {
  const invalid = (delivery: Delivery<'prices'>): boolean => toCents(delivery.record) <= 0
  return {
    async *write(batch, signal) {
      for (const { key } of batch.filter(invalid))
        yield {
          key,
          is: 'refused',
          error: new KontorError('PRICE_INVALID', { message: 'A price must be above zero. Correct it at its source.' }),
        }
      const good = batch.filter((delivery) => !invalid(delivery))
      if (good.length === 0) return
      const { body } = await http.send({
        method: 'POST',
        path: '/price-jobs',
        json: {
          reference: good[0]?.key,
          prices: good.map(({ record }) => ({ sku: record.sku, cents: toCents(record) })),
        },
        schema: JobWire,
        effect: 'repeatable',
        for: good,
        take: { writes: 1 },
        doing: 'submit prices',
        signal,
      })
      for (const { key, record } of good) yield { key, is: 'sent', ticket: String(body.job), item: record.sku }
    },
    async *readBack(batch, signal) {
      for (const [ticket, deliveries] of Map.groupBy(batch, ({ sent }) => sent?.ticket ?? '')) {
        if (ticket === '') {
          for (const { key } of deliveries) yield { key, is: 'absent' }
          continue
        }
        const { body } = await http.send({
          method: 'GET',
          path: `/price-jobs/${encodeURIComponent(ticket)}`,
          schema: JobWire,
          effect: 'none',
          take: { reads: 1 },
          doing: 'ask about a price job',
          signal,
        })
        for (const { key, record } of deliveries)
          yield body.done === true
            ? { key, is: 'done', reference: record.sku }
            : { key, is: 'sent', ticket, item: record.sku }
      }
    },
  }
}

/** The shop answers a refund with nothing that could be asked about later. */
function refunds(http: Http<Bucket>, clock: Clock): Writer<'refunds'> {
  return {
    async *write(batch, signal) {
      for (const delivery of batch) {
        const { key, record } = delivery
        yield await settled(clock, key, async () => {
          await http.send({
            method: 'POST',
            path: `/orders/${encodeURIComponent(record.about.id ?? '')}/refunds`,
            as: 'text',
            json: { cents: Math.round(Number(record.total?.amount ?? 0) * 100), note: record.id },
            effect: 'once',
            for: [delivery],
            take: { writes: 1 },
            doing: 'refund',
            signal,
          })
          return { key, is: 'done' }
        })
      }
    },
  }
}
