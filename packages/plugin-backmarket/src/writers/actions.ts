import { isKontorError, KontorError, type Json, type Order } from '@kontor/core'
import type { Needs } from './one-order.ts'
import { orderNow } from './one-order.ts'
import { uploadInvoice, whyNoPdf } from './invoices.ts'

interface Input {
  arguments: Readonly<Record<string, string>>
  order?: Order
  signal: AbortSignal
}

/** Commands for people. */
export const createActions = (needs: Needs) => ({
  /** `url`: where the PDF lies, on a host of `documentHosts`; `order`: its number, where the order is not given. */
  'upload-invoice': async ({ arguments: { url, order: number }, order, signal }: Input): Promise<Json> => {
    const id = order?.id ?? number
    if (url === undefined || id === undefined)
      throw new KontorError('CONFIG_INVALID', { message: 'upload-invoice needs `url` (of the PDF) and an order.' })
    const found = await orderNow(needs, id, signal)
    if (isKontorError(found)) throw found
    const file = await needs.client.fetchDocument(url, signal)
    const broken = whyNoPdf(file)
    if (broken !== undefined) throw broken
    return { order: id, providedAt: await uploadInvoice(needs, id, file, [], signal) }
  },
})
