import { KontorError, toMs, type Delivery, type OfferPrice, type Outcome, type StockLevel } from '@kontor/core'
import type { AmazonConfig } from '../config.ts'
import { homeOf } from '../config.ts'
import { toWantedPrice, toWantedStock, type Wanted } from '../mapping/index.ts'
import { isCountryCode, type CountryCode } from '../tables/index.ts'
import { refused, waiting } from './outcomes.ts'

export type OfferDelivery = Delivery<'stock' | 'prices'>

/** What one offer in one marketplace shall hold, for one or more deliveries. */
export interface Change {
  sku: string
  country: CountryCode
  wanted: Wanted
  deliveries: readonly OfferDelivery[]
}

/**
 * Stock and price of one SKU go with one call. Stock is set in one marketplace alone: those of a unified account share it, and adding it
 * up for each would sell it twice.
 */
export function planChanges(
  batch: readonly OfferDelivery[],
  config: AmazonConfig,
  now: number,
): { changes: Change[]; outcomes: Outcome[] } {
  const changes = new Map<string, Change>()
  const outcomes: Outcome[] = []
  const add = (delivery: OfferDelivery, country: CountryCode, wanted: Wanted): void => {
    const key = `${country} ${delivery.record.sku}`
    const there = changes.get(key)
    if (there?.deliveries.some(({ record }) => record.entity === delivery.record.entity))
      outcomes.push(refused(delivery, twice(delivery)))
    else
      changes.set(key, {
        sku: delivery.record.sku,
        country,
        wanted: { ...there?.wanted, ...wanted },
        deliveries: [...(there?.deliveries ?? []), delivery],
      })
  }
  for (const delivery of batch) {
    const { record } = delivery
    if (isStock(record)) {
      add(delivery, homeOf(config), toWantedStock(record))
      continue
    }
    if (record.validFrom && toMs(record.validFrom) > now) {
      outcomes.push(
        waiting(
          delivery,
          new KontorError('NOT_YET', { message: `The price of ${record.sku} is not valid yet.` }),
          record.validFrom,
        ),
      )
      continue
    }
    if (record.validTo && toMs(record.validTo) <= now) {
      outcomes.push(refused(delivery, over(record)))
      continue
    }
    const country = record.market ? marketNamed(record.market) : homeOf(config)
    const made = country === undefined ? { problem: noMarket(record) } : toWantedPrice(record, country)
    if ('problem' in made || country === undefined)
      outcomes.push(refused(delivery, 'problem' in made ? made.problem : noMarket(record)))
    else add(delivery, country, made.wanted)
  }
  return { changes: [...changes.values()], outcomes }
}

const isStock = (record: StockLevel | OfferPrice): record is StockLevel => record.entity === 'stock'

/** `DE`, `de`, `de-de` and `UK` are understood. */
function marketNamed(market: string): CountryCode | undefined {
  const code = market.toUpperCase().split(/[-_]/).at(-1) ?? ''
  const iso = code === 'UK' ? 'GB' : code
  return isCountryCode(iso) ? iso : undefined
}

const noMarket = ({ sku, market }: OfferPrice): KontorError =>
  new KontorError('PRICE_INVALID', {
    message: `The price of ${sku} is for the market "${market ?? ''}", which is no country of Amazon's. Write its code, for example DE.`,
  })
const over = ({ sku, validTo }: OfferPrice): KontorError =>
  new KontorError('PRICE_INVALID', {
    message: `Nothing was sent: the price of ${sku} was valid until ${validTo ?? ''}. Send the one that is valid now.`,
  })
const twice = ({ record }: OfferDelivery): KontorError =>
  new KontorError('UNSUPPORTED', {
    message: `Amazon has one number for the SKU ${record.sku}, and two were sent at once (the other is ${record.id}). Send one, with all places added up.`,
  })
