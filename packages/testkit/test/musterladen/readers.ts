import {
  isKontorError,
  issuePath,
  KontorError,
  validate,
  type Entity,
  type Http,
  type Intake,
  type Page,
  type Reader,
  type RecordOf,
  type Ref,
  type Rejection,
  type Schema,
} from '@kontor/core'
import { z } from 'zod'
import { toOrder, toShipment } from './mapping.ts'
import { OrdersWire, OrderWire, ShipmentsWire, ShipmentWire } from './wire.ts'

type Bucket = 'reads' | 'writes'
interface Checkpoint {
  after: string
}
const WithId = z.object({ id: z.int() })

/** Each thing of a list alone: understood, or a rejection. */
function understand<E extends 'orders' | 'shipments', W>(
  entity: E,
  raw: readonly unknown[],
  schema: Schema<W>,
  map: (wire: W) => RecordOf<E>,
): Intake<E> & { rejected: Rejection[] } {
  const records: RecordOf<E>[] = []
  const rejected: Rejection[] = []
  for (const each of raw) {
    const result = validate(schema, each)
    if (result.issues === undefined) records.push(map(result.value))
    else rejected.push(rejection(entity, each, result.issues[0]))
  }
  return { records, rejected }
}

function rejection(
  entity: Entity,
  raw: unknown,
  issue: { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined } | undefined,
): Rejection {
  const path = issue === undefined ? '' : issuePath(issue)
  const id = WithId.safeParse(raw).data?.id
  return {
    ...(id === undefined ? {} : { ref: { entity, id: String(id) } }),
    path,
    error: new KontorError('RECORD_INVALID', {
      message: `A record of ${entity} does not have the form we know at ${path}. Update the plugin, then replay the rejection.`,
      path,
    }),
    raw,
  }
}

export function createReaders(http: Http<Bucket>): {
  orders: Reader<'orders', Checkpoint>
  shipments: Reader<'shipments', Checkpoint>
} {
  return {
    orders: {
      async *read({ since, checkpoint, signal }): AsyncGenerator<Page<'orders', Checkpoint>> {
        for (let after = checkpoint?.after ?? '', more = true; more;) {
          const query = after === '' ? { since: utc(since) } : { after }
          const { body } = await http.send({
            method: 'GET',
            path: '/orders',
            query,
            schema: OrdersWire,
            effect: 'none',
            take: { reads: 1 },
            doing: 'list orders',
            signal,
          })
          after = body.position
          more = body.more
          yield { ...understand('orders', body.orders, OrderWire, toOrder), checkpoint: { after } }
        }
      },
      async *fetch(refs, signal) {
        for (const ref of refs) yield await fetchOne(http, ref, signal)
      },
    },
    shipments: {
      async *read({ since, checkpoint, signal }): AsyncGenerator<Page<'shipments', Checkpoint>> {
        for (let after = checkpoint?.after ?? '', more = true; more;) {
          const query = after === '' ? { since: utc(since) } : { after }
          const { body } = await http.send({
            method: 'GET',
            path: '/shipments',
            query,
            schema: ShipmentsWire,
            effect: 'none',
            take: { reads: 1 },
            doing: 'list shipments',
            signal,
          })
          after = body.position
          more = body.more
          yield { ...understand('shipments', body.shipments, ShipmentWire, toShipment), checkpoint: { after } }
        }
      },
    },
  }
}

/** The shop compares times as text. */
const utc = (instant: string): string => new Date(instant).toISOString()

async function fetchOne(http: Http<Bucket>, ref: Ref, signal: AbortSignal): Promise<Intake<'orders'>> {
  try {
    const { body } = await http.send({
      method: 'GET',
      path: `/orders/${encodeURIComponent(ref.id)}`,
      effect: 'none',
      take: { reads: 1 },
      doing: 'read an order',
      signal,
    })
    return understand('orders', [body], OrderWire, toOrder)
  } catch (error) {
    if (isKontorError(error) && error.code === 'ORDER_UNKNOWN') return { records: [] }
    throw error
  }
}
