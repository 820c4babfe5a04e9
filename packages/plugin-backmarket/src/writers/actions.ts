import { isKontorError, KontorError, type Json, type Order, type Return } from '@kontor/core'
import type { Attachment } from '../client/care.ts'
import { isProblemType, problemTypes, transferActions } from '../tables/problems.ts'
import { uploadInvoice, whyNoPdf } from './invoices.ts'
import { orderNow, type Needs } from './one-order.ts'

interface Input {
  arguments: Readonly<Record<string, string>>
  order?: Order
  return?: Return
  signal: AbortSignal
}

/** Source: "Maximum file size: 3 MB per file", POST /ws/sav/{careFolderId}/msg and /problem (OpenAPI 0.1.1). */
const largestAttachment = 3_000_000

/** Commands for people. Documents are named by an address (`attachment`, `url`) on a host of `documentHosts`. */
export const createActions = (needs: Needs) => ({
  /** `url`: where the PDF lies; `order`: its number, where the order is not given. */
  'upload-invoice': async ({ arguments: { url, order: number }, order, signal }: Input): Promise<Json> => {
    const id = order?.id ?? number
    if (url === undefined || id === undefined) throw missing('upload-invoice needs `url` (of the PDF) and an order.')
    const found = await orderNow(needs, id, signal)
    if (isKontorError(found)) throw found
    const file = await needs.client.fetchDocument(url, signal)
    const broken = whyNoPdf(file)
    if (broken !== undefined) throw broken
    return { order: id, providedAt: await uploadInvoice(needs, id, file, [], signal) }
  },

  /** `text` to the buyer, with `attachment`, in the folder of the return, or in `folder`. Opens a closed folder again. */
  'send-message': async ({ arguments: given, return: about, signal }: Input): Promise<Json> => {
    const id = about?.id ?? given['folder']
    const text = given['text']
    if (id === undefined || !text) throw missing('send-message needs `text` and a return, or `folder` (its number).')
    await needs.client.postMessage(
      id,
      { text, ...(await attached(needs, given['attachment'], signal)) },
      { for: [] },
      signal,
    )
    return { folder: id }
  },

  /** `type`, `text` and `attachment` of a problem of the return, or of `folder`. */
  'declare-problem': async ({ arguments: given, return: about, signal }: Input): Promise<Json> => {
    const id = about?.id ?? given['folder']
    const type = given['type'] ?? 'OTHER'
    if (id === undefined || !isProblemType(type))
      throw missing(
        `declare-problem needs a return, or \`folder\` (its number), and as \`type\` one of ${Object.keys(problemTypes).join(', ')}.`,
      )
    if (problemTypes[type].attachment && given['attachment'] === undefined)
      throw missing(`A problem of the type ${type} needs a document: give its address as \`attachment\`.`)
    const document = await attached(needs, given['attachment'], signal)
    await needs.client.declareProblem(id, { type, message: given['text'], ...document }, { for: [] }, signal)
    return { folder: id, type }
  },

  /** `carrier`, `tracking` and `action` (REPAIR, REPLACE, NOTHING) of an item that goes back to the buyer. */
  'transfer-item': async ({ arguments: given, return: about, signal }: Input): Promise<Json> => {
    const id = about?.id ?? given['folder']
    const { carrier, tracking } = given
    const action = transferActions.find((each) => each === (given['action'] ?? 'NOTHING').toUpperCase())
    if (id === undefined || !carrier || !tracking || action === undefined)
      throw missing(
        `transfer-item needs \`carrier\`, \`tracking\`, as \`action\` one of ${transferActions.join(', ')}, and a return, or \`folder\` (its number).`,
      )
    await needs.client.transferItem(id, { shipperName: carrier, trackingNumber: tracking, action }, { for: [] }, signal)
    return { folder: id, action }
  },
})

const missing = (message: string): KontorError => new KontorError('CONFIG_INVALID', { message })

async function attached(
  { client }: Needs,
  url: string | undefined,
  signal: AbortSignal,
): Promise<{ attachment?: Attachment }> {
  if (url === undefined) return {}
  const bytes = await client.fetchDocument(url, signal)
  if (bytes.length > largestAttachment)
    throw missing(`The document has ${bytes.length} bytes; Back Market takes ${largestAttachment}. Make it smaller.`)
  const name = new URL(url).pathname.split('/').at(-1) || 'document'
  return { attachment: { name, mediaType: 'application/octet-stream', bytes } }
}
