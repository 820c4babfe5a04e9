import type { Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { WirePage, type RefundRequest } from '../wire.ts'
import type { ProblemType, TransferAction } from '../tables/problems.ts'
import { jsonHeader, orNothing, type For } from './shared.ts'

/** After-sales folders and refunds. */
export function careCalls(http: Http<Bucket>) {
  return {
    /** One page of after-sales folders, ten each; `undefined` beyond the last. */
    async listCareFolders(
      { modifiedFrom, page }: { modifiedFrom: string; page: number },
      signal: AbortSignal,
    ): Promise<WirePage | undefined> {
      return await orNothing(page > 1, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: '/ws/sav',
          query: { last_modification_date: modifiedFrom, page },
          headers: jsonHeader,
          numbers: 'text',
          schema: WirePage,
          effect: 'none',
          take: { requests: 1, careList: 1, careListDay: 1 },
          doing: 'list after-sales folders',
          signal,
        })
        return body
      })
    },

    async getCareFolder(id: string, signal: AbortSignal): Promise<unknown> {
      return await orNothing(true, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: `/ws/sav/${encodeURIComponent(id)}`,
          headers: jsonHeader,
          numbers: 'text',
          effect: 'none',
          take: { requests: 1, careDetail: 1, careDetailDay: 1 },
          doing: 'read an after-sales folder',
          signal,
        })
        return body
      })
    },

    /** Declares a problem on a folder; some types need a document. */
    async declareProblem(
      id: string,
      { type, message, attachment }: { type: ProblemType; message: string | undefined; attachment?: Attachment },
      made: { for: For },
      signal: AbortSignal,
    ): Promise<void> {
      const multipart = new FormData()
      multipart.append('problem_type', type)
      if (message !== undefined) multipart.append('message', message)
      if (attachment !== undefined) multipart.append('attachment', blobOf(attachment), attachment.name)
      await http.send({
        method: 'POST',
        path: `/ws/sav/${encodeURIComponent(id)}/problem`,
        multipart,
        as: 'none',
        effect: 'once',
        for: made.for,
        take: { requests: 1, careProblem: 1, careProblemDay: 1 },
        doing: 'declare a problem of an after-sales folder',
        signal,
      })
    },

    /** Writes to the buyer. Opens a closed folder again. */
    async postMessage(
      id: string,
      { text, attachment }: { text: string; attachment?: Attachment },
      made: { for: For },
      signal: AbortSignal,
    ): Promise<void> {
      const multipart = new FormData()
      multipart.append('message', text)
      if (attachment !== undefined) multipart.append('attachment', blobOf(attachment), attachment.name)
      await http.send({
        method: 'POST',
        path: `/ws/sav/${encodeURIComponent(id)}/msg`,
        multipart,
        as: 'none',
        effect: 'once',
        for: made.for,
        take: { requests: 1, careMessage: 1, careMessageDay: 1 },
        doing: 'write into an after-sales folder',
        signal,
      })
    },

    /** Tells that the item goes back to the buyer. */
    async transferItem(
      id: string,
      body: { shipperName: string; trackingNumber: string; action: TransferAction },
      made: { for: For },
      signal: AbortSignal,
    ): Promise<void> {
      await http.send({
        method: 'POST',
        path: `/ws/sav/${encodeURIComponent(id)}/item-transfer`,
        headers: jsonHeader,
        json: body,
        as: 'none',
        effect: 'once',
        for: made.for,
        take: { requests: 1, itemTransfer: 1, itemTransferDay: 1 },
        doing: 'tell that an item goes back to the buyer',
        signal,
      })
    },

    /** Gives money back. Answered in words; nothing can be asked about it later. */
    async refundLine(body: RefundRequest, made: { for: For }, signal: AbortSignal): Promise<string> {
      const answer = await http.send({
        method: 'POST',
        path: '/ws/sav/refund',
        headers: jsonHeader,
        json: body,
        as: 'text',
        effect: 'once',
        for: made.for,
        take: { requests: 1, refundsDay: 1 },
        doing: 'refund an order line',
        signal,
      })
      return String(answer.body)
    },
  }
}

/** A document that goes along. */
export interface Attachment {
  name: string
  mediaType: string
  bytes: Uint8Array<ArrayBuffer>
}
const blobOf = ({ bytes, mediaType }: Attachment): Blob => new Blob([bytes], { type: mediaType })
