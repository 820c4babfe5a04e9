import { KontorError, money, type Cache, type Delivery, type OfferPrice, type Outcome, type Writer } from '@kontor/core'
import { batchSizes, type CatalogClient, type PriceListRecord, type VariantPrice } from '../client/index.ts'
import type { BigCommerceConfig } from '../config/index.ts'
import { WireVariant } from '../wire/index.ts'
import { chunks, writeInHalves, type Row } from './halves.ts'
import { refused } from './outcomes.ts'

const VARIANT_KEPT_MS = 7 * 24 * 3_600_000

/** Where the currency of the catalogue is known. */
interface Currency {
  get(signal: AbortSignal): Promise<string>
}

/** Prices of the catalogue, or of the price list of `config.priceListId`. Absolute values: writing them twice changes nothing. */
export function pricesWriter(
  client: CatalogClient,
  config: BigCommerceConfig,
  currency: Currency,
  cache: Cache,
): Writer<'prices'> {
  return {
    async *write(batch, signal): AsyncIterable<Outcome> {
      const good: Delivery<'prices'>[] = []
      const listId = config.priceListId
      const code = listId === undefined ? await currency.get(signal) : undefined
      for (const delivery of batch) {
        const problem = problemOf(delivery.record, code)
        if (problem === undefined) good.push(delivery)
        else yield refused(delivery, problem)
      }
      if (listId !== undefined) yield* intoPriceList(listId, good, signal)
      else yield* intoCatalogue(good, signal)
    },
  }

  async function* intoPriceList(
    listId: number,
    good: readonly Delivery<'prices'>[],
    signal: AbortSignal,
  ): AsyncIterable<Outcome> {
    const rows = good.map((delivery): Row<'prices', PriceListRecord> => ({
      delivery,
      row: { sku: delivery.record.sku, currency: delivery.record.price.value.currency, ...amounts(delivery.record) },
    }))
    for (const chunk of chunks(rows, batchSizes.priceListRecords))
      yield* writeInHalves(chunk, (some) =>
        client.setPriceListRecords(
          listId,
          some.map(({ row }) => row),
          some.map(({ delivery }) => delivery),
          signal,
        ),
      )
  }

  async function* intoCatalogue(good: readonly Delivery<'prices'>[], signal: AbortSignal): AsyncIterable<Outcome> {
    const rows: Row<'prices', VariantPrice>[] = []
    for (const delivery of good) {
      const id = await variantOf(delivery.record.sku, signal)
      if (id === undefined) yield refused(delivery, unknownSku(delivery.record.sku))
      else rows.push({ delivery, row: { id: Number(id), ...amounts(delivery.record) } })
    }
    for (const chunk of chunks(rows, batchSizes.variantPrices))
      yield* writeInHalves(chunk, (some) =>
        client.setVariantPrices(
          some.map(({ row }) => row),
          some.map(({ delivery }) => delivery),
          signal,
        ),
      )
  }

  /** The catalogue is written by id. A SKU's id is kept: it only changes when the variant is made anew. */
  async function variantOf(sku: string, signal: AbortSignal): Promise<string | undefined> {
    const key = `variant:${sku}`
    const known = await cache.get(key)
    if (typeof known === 'string') return known
    const { data } = await client.variants({ sku }, signal)
    const found = data.map((raw) => WireVariant.safeParse(raw)).find((row) => row.success && row.data.sku === sku)
    if (!found?.success) return undefined
    await cache.set(key, found.data.id, VARIANT_KEPT_MS)
    return found.data.id
  }
}

/** What a thing cost before goes out as its price, and what it costs now as the sale price: so the shop strikes the former through. */
function amounts({ price, compareAt }: OfferPrice): { price: number; sale_price: number | null } {
  const reduced = compareAt && money.compare(compareAt, price.value) > 0
  return reduced
    ? { price: Number(compareAt.amount), sale_price: Number(price.value.amount) }
    : { price: Number(price.value.amount), sale_price: null }
}

function problemOf({ price, compareAt, sku }: OfferPrice, currency: string | undefined): KontorError | undefined {
  const say = (what: string): KontorError =>
    new KontorError('PRICE_INVALID', { message: `The price of ${sku} was not sent: ${what}.` })
  if (money.compare(price.value, money.zero(price.value.currency)) <= 0)
    return say(`it is ${price.value.amount} ${price.value.currency}`)
  if (compareAt && compareAt.currency !== price.value.currency) return say('its former price is in another currency')
  if (currency !== undefined && price.value.currency !== currency)
    return say(
      `it is in ${price.value.currency}, the catalogue in ${currency}; another currency needs config.priceListId`,
    )
  return undefined
}

const unknownSku = (sku: string): KontorError =>
  new KontorError('SKU_UNKNOWN', {
    message: `The catalogue of BigCommerce has no variant with the SKU ${sku}. Create it there, or correct the SKU.`,
  })
