import type { Http } from '@kontor/core'
import type { Bucket } from '../limits.ts'
import { WireBatch, WireListing, WirePage, WireTask, type ListingUpdate } from '../wire.ts'
import { jsonHeader, orNothing, pageSize, type For } from './shared.ts'

/** Offers, and the tasks that work through files of them. */
export function offerCalls(http: Http<Bucket>) {
  return {
    /** One page of offers as a market sees them. */
    async listListings(
      { page, market }: { page: number; market: string },
      signal: AbortSignal,
    ): Promise<WirePage | undefined> {
      return await orNothing(page > 1, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: '/ws/listings',
          query: { page, 'page-size': pageSize },
          headers: { ...jsonHeader, 'accept-language': market },
          numbers: 'text',
          schema: WirePage,
          effect: 'none',
          take: { requests: 1, offers: 1 },
          doing: 'list offers',
          signal,
        })
        return body
      })
    },

    /** The offer of a SKU as a market sees it; `undefined` where there is none. */
    async findListing(
      { sku, market }: { sku: string; market: string },
      signal: AbortSignal,
    ): Promise<WireListing | undefined> {
      return await orNothing(true, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: '/ws/listings/detail',
          query: { sku },
          headers: { ...jsonHeader, 'accept-language': market },
          numbers: 'text',
          schema: WireListing,
          effect: 'none',
          take: { requests: 1, offers: 1 },
          doing: 'read an offer',
          signal,
        })
        return body
      })
    },

    /** Changes one offer at once. The values are absolute: the same call twice is the same as once. */
    async updateListing(
      id: string,
      body: ListingUpdate,
      market: string,
      made: { for: For },
      signal: AbortSignal,
    ): Promise<WireListing | undefined> {
      const answer = await http.send({
        method: 'POST',
        path: `/ws/listings/${encodeURIComponent(id)}`,
        headers: { ...jsonHeader, 'accept-language': market },
        json: body,
        numbers: 'text',
        effect: 'repeatable',
        for: made.for,
        take: { requests: 1, offers: 1, offerRows: 1 },
        doing: 'change an offer',
        signal,
      })
      return WireListing.safeParse(answer.body).data
    },

    /** Hands in a CSV file of changes for one market. Answers the number of the task that works through it. */
    async startBatch(
      { csv, delimiter, rows, market }: { csv: string; delimiter: string; rows: number; market: string },
      made: { for: For },
      signal: AbortSignal,
    ): Promise<string> {
      const { body } = await http.send({
        method: 'POST',
        path: '/ws/listings',
        headers: { ...jsonHeader, 'accept-language': market },
        json: { catalog: csv, quotechar: '"', delimiter, encoding: 'utf-8' },
        numbers: 'text',
        schema: WireBatch,
        effect: 'once',
        for: made.for,
        take: { requests: 1, offers: 1, offerRows: rows },
        doing: 'hand in a file of changes',
        signal,
      })
      return body.bodymessage
    },

    /** How far a file is; `undefined` where Back Market has forgotten it. */
    async getTask(id: string, signal: AbortSignal): Promise<WireTask | undefined> {
      return await orNothing(true, async () => {
        const { body } = await http.send({
          method: 'GET',
          path: `/ws/tasks/${encodeURIComponent(id)}`,
          headers: jsonHeader,
          numbers: 'text',
          schema: WireTask,
          effect: 'none',
          take: { requests: 1 },
          doing: 'ask how far a file is',
          signal,
        })
        return body
      })
    },
  }
}
