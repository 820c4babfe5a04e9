import type { Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { WirePage, type RefundRequest } from '../wire.ts'
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
