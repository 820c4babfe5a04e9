import {
  isKontorError,
  KontorError,
  money,
  toExact,
  toInstant,
  type Clock,
  type Delivery,
  type Outcome,
  type Writer,
} from '@kontor/core'
import { pagesOf, type RakutenClient } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { nothingWasDone } from '../errors.ts'
import { importState, theirSku } from '../tables/index.ts'
import type { AdvertWire, OfferChange, ReportedProductWire } from '../wire/index.ts'
import { nextQuestion, refused, turnedAway } from './outcomes.ts'

export interface OffersNeeds {
  client: RakutenClient
  config: Pick<RakutenConfig, 'skus' | 'skuPrefix'>
  clock: Clock
}
type OfferDelivery = Delivery<'stock' | 'prices'>

/** Stock and price of a SKU are one entry of one file; at most ten files an hour. Every value is absolute: sending twice is harmless. */
export function createOffersWriter(needs: OffersNeeds): Writer<'stock' | 'prices'> {
  const theirs = theirSku(needs.config)
  const skuOf = (delivery: OfferDelivery): string => theirs(delivery.record.sku)
  return {
    write: (batch, signal) => writeOffers(batch, skuOf, needs, signal),
    readBack: (batch, signal) => readBackOffers(batch, skuOf, needs, signal),
  }
}

async function* writeOffers(
  batch: readonly OfferDelivery[],
  skuOf: (delivery: OfferDelivery) => string,
  { client, clock }: OffersNeeds,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const changes = new Map<string, OfferChange>()
  const going: OfferDelivery[] = []
  for (const delivery of batch) {
    const sku = skuOf(delivery)
    const change = changeOf(delivery, sku)
    if (isKontorError(change)) {
      yield refused(delivery, change)
      continue
    }
    changes.set(sku, { ...changes.get(sku), ...change })
    going.push(delivery)
  }
  const [first] = going
  if (first === undefined) return
  try {
    const ticket = await client.sendOffers([...changes.values()], `kontor_${first.key}.xml`, going, signal)
    for (const delivery of going)
      yield { key: delivery.key, is: 'sent', ticket, item: skuOf(delivery), askAt: nextQuestion(clock.now(), clock) }
  } catch (thrown) {
    if (!isKontorError(thrown) || !nothingWasDone(thrown)) throw thrown
    // A file refused as a whole says nothing about its offers.
    for (const delivery of going) yield turnedAway(delivery, thrown, clock)
    throw thrown
  }
}

const markets = new Set(['FR', 'fr', 'fr-fr'])

function changeOf({ record }: OfferDelivery, sku: string): OfferChange | KontorError {
  if (record.entity === 'stock') return { sku, quantity: record.available }
  if (record.market != null && !markets.has(record.market))
    return new KontorError('UNSUPPORTED', {
      message: `Rakuten France has one market; a price for "${record.market}" cannot be sent there.`,
    })
  const { value, taxIncluded } = record.price
  if (value.currency !== 'EUR')
    return new KontorError('PRICE_INVALID', {
      message: `Rakuten France takes prices in EUR, not in ${value.currency}.`,
    })
  if (!taxIncluded)
    return new KontorError('PRICE_INVALID', {
      message: 'Rakuten takes prices with VAT; this one is without, and nothing is converted.',
    })
  if (toExact(value.amount).digits <= 0n)
    return new KontorError('PRICE_INVALID', { message: 'The price is zero or negative.' })
  return { sku, price: money.round(value, 'half-up').amount }
}

async function* readBackOffers(
  batch: readonly OfferDelivery[],
  skuOf: (delivery: OfferDelivery) => string,
  needs: OffersNeeds,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const byTicket = Map.groupBy(batch, ({ sent }) => sent?.ticket ?? '')
  for (const [ticket, deliveries] of byTicket) {
    if (ticket === '') yield* compare(deliveries, skuOf, needs, signal)
    else yield* askReport(ticket, deliveries, skuOf, needs, signal)
  }
}

async function* askReport(
  ticket: string,
  batch: readonly OfferDelivery[],
  skuOf: (delivery: OfferDelivery) => string,
  { client, clock }: OffersNeeds,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const products = new Map<string, ReportedProductWire>()
  let status: string | undefined
  let errors = 0
  for await (const page of pagesOf(
    (token) => client.importReport(ticket, token, signal),
    `the report of import ${ticket}`,
  )) {
    status ??= page.file?.status
    errors = Math.max(errors, Number(page.file?.errorlines ?? 0) || 0)
    for (const product of page.product) if (product.sku !== undefined) products.set(product.sku, product)
  }
  const state = importState(status)
  for (const delivery of batch) {
    const { key } = delivery
    const sku = skuOf(delivery)
    if (state === 'pending' || state === 'unknown')
      yield {
        key,
        is: 'sent',
        ticket,
        item: sku,
        askAt: nextQuestion(Date.parse(delivery.sent?.at ?? toInstant(clock.now())), clock),
      }
    else if (state === 'cancelled') yield { key, is: 'absent' }
    else if (state === 'empty')
      yield refused(
        delivery,
        new KontorError('REQUEST_REJECTED', {
          message: `Rakuten loaded no line of import ${ticket} ("${status ?? ''}").`,
        }),
      )
    else yield lineOutcome(delivery, products.get(sku), errors > 0)
  }
}

/** Reports list what failed, and often what did not; a SKU that a report without errors leaves out was taken. */
function lineOutcome(delivery: OfferDelivery, product: ReportedProductWire | undefined, hasErrors: boolean): Outcome {
  const { key } = delivery
  const [error] = product?.errors ?? []
  if (error !== undefined) {
    const words = [error.error_code, error.error_key, error.error_text].filter((part) => part !== undefined).join(' · ')
    const unknown = /inconnu|introuvable|not found|unknown/i.test(words)
    return refused(
      delivery,
      new KontorError(unknown ? 'SKU_UNKNOWN' : 'REQUEST_REJECTED', {
        message: `Rakuten did not take the offer of SKU ${delivery.record.sku}: ${words.slice(0, 200)}.`,
        ...(error.error_code === undefined ? {} : { vendorCode: error.error_code.slice(0, 60) }),
      }),
    )
  }
  if (product === undefined && hasErrors) return { key, is: 'absent' }
  return { key, is: 'done', ...(product?.aid === undefined ? {} : { reference: product.aid }) }
}

/** Without a ticket the adverts themselves tell: for a file that was lost on the way, and for the nightly comparison. */
async function* compare(
  batch: readonly OfferDelivery[],
  skuOf: (delivery: OfferDelivery) => string,
  { client }: OffersNeeds,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const adverts = new Map<string, AdvertWire>()
  for await (const page of pagesOf((token) => client.adverts(token, signal), 'the adverts'))
    for (const advert of page.advertlist) if (advert.sku !== undefined) adverts.set(advert.sku, advert)
  for (const delivery of batch) {
    const { key, record } = delivery
    const advert = adverts.get(skuOf(delivery))
    // A sold-out advert may leave the list: that is what a stock of zero asks for.
    if (advert === undefined)
      yield record.entity === 'stock' && record.available === 0 ? { key, is: 'done' } : { key, is: 'absent' }
    else
      yield holds(advert, delivery)
        ? { key, is: 'done', ...(advert.advertid === undefined ? {} : { reference: advert.advertid }) }
        : { key, is: 'absent' }
  }
}

function holds(advert: AdvertWire, { record }: OfferDelivery): boolean {
  if (record.entity === 'stock') return advert.unlimitedquantity !== true && Number(advert.stock) === record.available
  return (
    advert.price !== undefined &&
    money.equal(money.of(advert.price.amount, advert.price.currency), money.round(record.price.value, 'half-up'))
  )
}
