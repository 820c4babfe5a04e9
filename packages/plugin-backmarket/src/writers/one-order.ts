import { isKontorError, KontorError, type Clock, type Delivery, type Log, type Outcome } from '@kontor/core'
import { readOrder, type Client } from '../client.ts'
import type { BackMarketConfig } from '../config.ts'
import type { UpdateOrder, WireOrder } from '../wire.ts'
import { orderUnknown } from './about-order.ts'

/** What the writers of orders share. */
export interface Needs {
  client: Client
  config: BackMarketConfig
  clock: Clock
  log: Log
}

/** The order as it stands, or why nothing can be said about it alone. */
export async function orderNow(
  { client }: Pick<Needs, 'client'>,
  id: string,
  signal: AbortSignal,
): Promise<WireOrder | KontorError> {
  try {
    return (await readOrder(client, id, signal)) ?? orderUnknown(id)
  } catch (error) {
    if (isKontorError(error) && error.scope === 'record') return error
    throw error
  }
}

/** The order after a change: from the answer where it is one, else read. */
export async function updateAndRead(
  client: Client,
  body: UpdateOrder,
  made: { for: readonly Pick<Delivery, 'key'>[]; doing: string },
  signal: AbortSignal,
): Promise<WireOrder> {
  return (await client.updateOrder(body, made, signal)) ?? (await existing(client, String(body.order_id), signal))
}

/** An order we have just written to is there; where it is not, nobody knows what became of the call. */
export async function existing(client: Client, id: string, signal: AbortSignal): Promise<WireOrder> {
  const order = await readOrder(client, id, signal)
  if (order !== undefined) return order
  throw new KontorError('WIRE_MISMATCH', { message: `Order ${id} cannot be found after a change to it.` })
}

/** What has changed is of interest at once, not at the next reading. */
export const lookAgain = (order: WireOrder): Pick<Outcome, 'look'> => ({
  look: [{ ref: { entity: 'orders', id: order.order_id } }],
})

export const refusedAfter = (key: string, error: KontorError, applied: readonly string[] = []): Outcome => ({
  key,
  is: 'refused',
  error,
  ...(applied.length === 0 ? {} : { applied }),
})

/** Taken, answered well, and yet nothing is different: nobody knows what that means. */
export const nothingChanged = (order: WireOrder, doing: string): KontorError =>
  new KontorError('CONFLICT', {
    message: `Back Market took the call “${doing}” for order ${order.order_id} and nothing changed. Look at the order in the back office.`,
  })
