import type { Answer } from '@kontor/testkit/simulator'
import { failure } from './answers.ts'
import { listIn, marketplacesIn } from './orders/query.ts'
import { iso, type AmazonCall, type Listing } from './world.ts'

/** `GET /fba/inventory/v1/summaries`: what Amazon holds. A page's token holds for 30 seconds. */
export function inventorySummaries(call: AmazonCall): Answer {
  const { query, world, clock, random, options } = call
  const wanted = marketplacesIn(call, 1)
  const granularityId = query.get('granularityId')
  if (wanted === undefined || query.get('granularityType') !== 'Marketplace' || !wanted.has(granularityId ?? ''))
    return failure(400, 'InvalidInput', 'granularityType, granularityId and marketplaceIds must name one marketplace')
  const skus = listIn(query, 'sellerSkus')
  const since = Date.parse(query.get('startDateTime') ?? '') || 0
  const found = [...world.listings.values()].filter(
    ({ fba, sku, updated }) => fba !== undefined && updated >= since && (skus === undefined || skus.includes(sku)),
  )
  const token = query.get('nextToken')
  const kept = token === null ? undefined : world.offsets.get(token)
  if (token !== null && (kept === undefined || kept.expiresAt <= clock.now()))
    return failure(400, 'InvalidInput', 'The nextToken is invalid or expired')
  const start = kept?.offset ?? 0
  const end = start + options.pageOfInventory
  const next = random.hex(24)
  if (end < found.length) world.offsets.set(next, { expiresAt: clock.now() + 30_000, parameters: '', offset: end })
  const summaries = found.slice(start, end).map((listing) => summaryJson(listing, query.get('details') === 'true'))
  const more = end < found.length ? { pagination: { nextToken: next } } : {}
  return {
    json: {
      payload: {
        granularity: { granularityType: 'Marketplace', granularityId },
        inventorySummaries: world.disordered ? [...summaries.toReversed(), ...summaries.slice(0, 1)] : summaries,
      },
      ...more,
    },
  }
}

function summaryJson({ sku, asin, title, updated, fba, damaged }: Listing, details: boolean): Record<string, unknown> {
  const { fulfillable = 0, reserved = 0, inbound = 0, damaged: broken = 0 } = fba ?? {}
  return {
    asin,
    fnSku: `X00${asin.slice(3)}`,
    sellerSku: sku,
    condition: 'NewItem',
    lastUpdatedTime: iso(updated),
    productName: title,
    totalQuantity: damaged ? 'many' : fulfillable + reserved + inbound + broken,
    ...(details
      ? {
          inventoryDetails: {
            fulfillableQuantity: damaged ? 'many' : fulfillable,
            inboundWorkingQuantity: 0,
            inboundShippedQuantity: inbound,
            inboundReceivingQuantity: 0,
            reservedQuantity: {
              totalReservedQuantity: reserved,
              pendingCustomerOrderQuantity: reserved,
              pendingTransshipmentQuantity: 0,
              fcProcessingQuantity: 0,
            },
            unfulfillableQuantity: { totalUnfulfillableQuantity: broken, warehouseDamagedQuantity: broken },
          },
        }
      : {}),
  }
}
