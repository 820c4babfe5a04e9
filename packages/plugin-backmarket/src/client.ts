import { KontorError, type Http } from '@kontor/core'
import { careCalls } from './client/care.ts'
import { offerCalls } from './client/offers.ts'
import { orderCalls } from './client/orders.ts'
import type { Bucket } from './limits.ts'
import { WireOrder } from './wire.ts'

/** One method an endpoint. Paths carry no slash at the end: a redirect would lose the body. */
export const createClient = (http: Http<Bucket>) => ({ ...orderCalls(http), ...offerCalls(http), ...careCalls(http) })
export type Client = ReturnType<typeof createClient>

/** The order as the API has it now; its form is checked as a whole, because something is about to be written to it. */
export async function readOrder(client: Client, id: string, signal: AbortSignal): Promise<WireOrder | undefined> {
  const raw = await client.getOrder(id, signal)
  if (raw === undefined) return undefined
  const order = WireOrder.safeParse(raw)
  if (order.success) return order.data
  const [issue] = order.error.issues
  throw new KontorError('WIRE_MISMATCH', {
    message: `Order ${id} came in a form we do not know; nothing was written to it.`,
    path: (issue?.path ?? []).join('.'),
    scope: 'record',
  })
}
