import { findCarrier, type Problem } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { foldName, otherShipper, shipperNamed, shippers } from '../tables/shippers.ts'

/** Mistakes that would otherwise show with the first parcel or the first price. */
export function lint(config: BackMarketConfig): readonly Problem[] {
  return [
    ...Object.entries(config.carriers).flatMap(([word, told]) =>
      carrierProblems(word, typeof told === 'string' ? { shipper: told } : told),
    ),
    ...skuProblems(config),
  ]
}

function carrierProblems(
  word: string,
  { shipper, trackingUrl }: { shipper: string; trackingUrl?: string | undefined },
): Problem[] {
  const key = `config.carriers.${word}`
  const exact = shipperNamed(shipper)
  if (exact === otherShipper && trackingUrl === undefined && findCarrier(word) === undefined)
    return [
      {
        level: 'warning',
        code: 'CARRIER_UNKNOWN',
        key,
        message: `“${word}” is sent as Other, and there is no tracking page for it: give it a \`trackingUrl\`, or its shipments need a link of their own.`,
      },
    ]
  if (exact !== undefined) return []
  const near = shippers.filter(
    (name) => foldName(name).includes(foldName(shipper)) || foldName(shipper).includes(foldName(name)),
  )
  return [
    {
      level: 'warning',
      code: 'CARRIER_UNKNOWN',
      key,
      message: `“${shipper}” is none of the names Back Market lists${near.length === 0 ? '' : ` (near: ${near.slice(0, 5).join(', ')})`}. It is sent as it stands, and may be refused or shown as text.`,
    },
  ]
}

/** Back Market does not tell apart SKUs that differ in case alone. */
function skuProblems({ skuMap }: BackMarketConfig): Problem[] {
  const bySku = Map.groupBy(Object.keys(skuMap.table), (sku) => sku.toLowerCase())
  return [...bySku.values()].flatMap((same) =>
    same.length < 2
      ? []
      : [
          {
            level: 'error' as const,
            code: 'CONFIG_INVALID' as const,
            key: 'config.skuMap.table',
            message: `${same.join(' and ')} are one SKU for Back Market, which ignores case. Keep one of them.`,
          },
        ],
  )
}
