import {
  Instant,
  isKontorError,
  toInstant,
  type Clock,
  type Reader,
  type Rejection,
  type StockLevel,
} from '@kontor/core'
import { z } from 'zod'
import type { InventoryClient } from '../client/index.ts'
import { homeOf, type AmazonConfig } from '../config.ts'
import { toFbaStock } from '../mapping/index.ts'
import { marketplaces } from '../tables/index.ts'
import { SummaryHead, WireSummary } from '../wire/index.ts'
import { understand } from './understand.ts'

/** All of it is read each time: a page's token holds for half a minute. */
export const StockCheckpoint = z.strictObject({ scanned: Instant })
type StockCheckpoint = z.infer<typeof StockCheckpoint>

const mostPages = 10_000
const stored = 500

/** What lies in Amazon's warehouses (FBA). It cannot be written. */
export function fbaStockReader(
  client: InventoryClient,
  config: AmazonConfig,
  clock: Clock,
): Reader<'stock', StockCheckpoint> {
  return {
    async *read({ signal }) {
      const checkpoint = { scanned: toInstant(clock.now()) }
      const { id } = marketplaces[homeOf(config)]
      const rows = await all(id, signal)
      for (let from = 0; from === 0 || from < rows.length; from += stored) {
        const records: StockLevel[] = []
        const rejected: Rejection[] = []
        for (const raw of rows.slice(from, from + stored)) {
          const head = SummaryHead.safeParse(raw)
          const ref = head.success ? `${head.data.sellerSku}@${config.fbaLocation}` : undefined
          const made = understand(WireSummary, 'stock', raw, ref, (summary) => toFbaStock(summary, config.fbaLocation))
          if ('rejection' in made) rejected.push(made.rejection)
          else records.push(made.value)
        }
        yield { records, rejected, checkpoint }
      }
    },
  }

  /** All pages in one go, before anything is stored: storing may take longer than a token lives. */
  async function all(marketplaceId: string, signal: AbortSignal): Promise<unknown[]> {
    const rows: unknown[] = []
    const seen = new Set<string>()
    let token: string | undefined
    let begun = 1
    for (let page = 0; page < mostPages; page++) {
      let answer: Awaited<ReturnType<InventoryClient['summaries']>>
      try {
        answer = await client.summaries(marketplaceId, token, signal)
      } catch (thrown) {
        // A page that took too long: its token is worth nothing any more, and the list begins anew.
        if (!isKontorError(thrown) || thrown.code !== 'REQUEST_REJECTED' || token === undefined || begun >= 3)
          throw thrown
        begun += 1
        token = undefined
        rows.length = 0
        seen.clear()
        continue
      }
      rows.push(...(answer.payload?.inventorySummaries ?? []))
      token = answer.pagination?.nextToken ?? undefined
      if (token === undefined || seen.has(token)) break
      seen.add(token)
    }
    return rows
  }
}
