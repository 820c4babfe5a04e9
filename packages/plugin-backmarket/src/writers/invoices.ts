import {
  isKontorError,
  KontorError,
  type Delivery,
  type FileRef,
  type Files,
  type Invoice,
  type Outcome,
} from '@kontor/core'
import type { WireOrder } from '../wire.ts'
import { orderIdOf, orderUnknown } from './about-order.ts'
import { attempt, sent } from './attempt.ts'
import { existing, lookAgain, orderNow, refusedAfter, type Needs } from './one-order.ts'

type InvoiceDelivery = Delivery<'invoices'>

/** No size is documented; ten megabytes is what an invoice never has. */
const largestBytes = 10_000_000

/** Invoices as PDF. Uploading replaces what was there, so it may be done again; what somebody else put there is left alone. */
export function createInvoicesWriter(needs: Needs & { files: Files }) {
  return {
    async *write(batch: readonly InvoiceDelivery[], signal: AbortSignal): AsyncGenerator<Outcome> {
      for (const delivery of batch) yield await writeInvoice(needs, delivery, signal)
    },
    async *readBack(batch: readonly InvoiceDelivery[], signal: AbortSignal): AsyncGenerator<Outcome> {
      for (const delivery of batch) yield await readBackInvoice(needs, delivery, signal)
    },
  }
}

async function writeInvoice(
  needs: Needs & { files: Files },
  delivery: InvoiceDelivery,
  signal: AbortSignal,
): Promise<Outcome> {
  const { key, record, known } = delivery
  const wrong = whatIsWrong(record)
  if (wrong !== undefined) return refusedAfter(key, wrong)
  const order = await orderOf(needs, delivery, signal)
  if (isKontorError(order)) return refusedAfter(key, order)
  const reference = record.file.sha256
  if (known?.reference === reference) return { key, is: 'already', reference }
  // An attempt in doubt that shows: since it began, an invoice has come. By their clock alone; a wrong one costs a second upload, which replaces the first.
  if (delivery.sent !== undefined && Date.parse(order.date_bill_provided ?? '') >= Date.parse(delivery.sent.at))
    return { key, is: 'done', reference, ...lookAgain(order) }
  if (order.date_bill_provided !== null && known === undefined && delivery.sent === undefined)
    return { key, is: 'already', detail: { providedAt: order.date_bill_provided } }

  const pdf = await openPdf(needs.files, record.file, signal)
  if (isKontorError(pdf)) return refusedAfter(key, pdf)
  const tried = await attempt(() => uploadInvoice(needs, order.order_id, pdf, [delivery], signal))
  if (tried.is === 'doubtful') return sent(key, needs.clock)
  if (tried.is === 'refused') return refusedAfter(key, tried.error)
  return { key, is: 'done', reference, detail: { providedAt: tried.value }, ...lookAgain(order) }
}

/** The file of an invoice, or what is wrong with it; that its system cannot be reached is no fault of the record. */
async function openPdf(
  files: Files,
  file: FileRef,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | KontorError> {
  try {
    const pdf = await files.open(file, signal)
    return whyNoPdf(pdf) ?? pdf
  } catch (error) {
    if (isKontorError(error) && error.scope === 'record' && error.failureType !== 'transient') return error
    throw error
  }
}

/** Uploads and reads back. The date is seen in live orders and not documented; without it the upload counts all the same. */
export async function uploadInvoice(
  { client, log }: Needs,
  orderId: string,
  pdf: Uint8Array<ArrayBuffer>,
  made: readonly Pick<Delivery, 'key'>[],
  signal: AbortSignal,
): Promise<string | null> {
  await client.uploadInvoice(orderId, pdf, { for: made }, signal)
  const { date_bill_provided: provided } = await existing(client, orderId, signal)
  if (provided === null)
    log.warn('Back Market took an invoice and does not show when; look at the order in the back office.', {
      order: orderId,
    })
  return provided
}

/** Why these bytes are not taken; `undefined` where they are. */
export function whyNoPdf(bytes: Uint8Array): KontorError | undefined {
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== '%PDF') return says('is no PDF, whatever its name says')
  return bytes.length > largestBytes ? says(`has more than ${largestBytes} bytes`) : undefined
}

const says = (what: string): KontorError =>
  new KontorError('REQUEST_REJECTED', {
    message: `The invoice ${what}; Back Market takes PDF documents alone. Correct it at its source.`,
  })

function whatIsWrong({ kind, file }: Invoice): KontorError | undefined {
  if (kind === 'credit_note')
    return new KontorError('UNSUPPORTED', {
      message: 'Back Market takes invoices and no credit notes. Send it to the buyer in the after-sales folder.',
    })
  if (file.size > largestBytes)
    return new KontorError('REQUEST_REJECTED', {
      message: `The invoice has ${file.size} bytes; more than ${largestBytes} are not sent. Make it smaller at its source.`,
    })
  return undefined
}

async function orderOf(needs: Needs, delivery: InvoiceDelivery, signal: AbortSignal): Promise<WireOrder | KontorError> {
  const id = orderIdOf(delivery)
  return id === undefined ? orderUnknown(id) : await orderNow(needs, id, signal)
}

async function readBackInvoice(needs: Needs, delivery: InvoiceDelivery, signal: AbortSignal): Promise<Outcome> {
  const { key, record } = delivery
  const order = await orderOf(needs, delivery, signal)
  if (isKontorError(order)) return refusedAfter(key, order)
  const provided = Date.parse(order.date_bill_provided ?? '')
  const since = Date.parse(delivery.sent?.at ?? '')
  // A minute for two clocks that do not agree.
  return provided >= since - 60_000
    ? { key, is: 'done', reference: record.file.sha256, ...lookAgain(order) }
    : { key, is: 'absent' }
}
