import type { Clock, Log, Rejection } from '@kontor/core'
import { listConfirmed, listNotShipped, listPreorders, preorderDays, type RakutenClient } from '../client/index.ts'
import type { RakutenConfig } from '../config.ts'
import { parisDay, toOrder } from '../mapping/index.ts'
import type { SaleWire } from '../wire/index.ts'
import { combineSales, itemIdsOf, readSale } from './read-sale.ts'
import type { SaleBook } from './sale-book.ts'

export interface ListNeeds {
  client: RakutenClient
  config: RakutenConfig
  book: SaleBook
  clock: Clock
  log: Log
}

/** The sales of a list by number; a sale told twice is one, with the units of both. */
export function readSales(raw: readonly unknown[], reject: (rejection: Rejection) => void): Map<string, SaleWire> {
  const sales = new Map<string, SaleWire>()
  for (const one of raw) {
    const result = readSale(one)
    if ('rejected' in result) {
      reject(result.rejected)
      continue
    }
    const before = sales.get(result.sale.purchaseid)
    sales.set(result.sale.purchaseid, before === undefined ? result.sale : combineSales(before, result.sale))
  }
  return sales
}

export interface Confirmed {
  readonly sales: ReadonlyMap<string, SaleWire>
  readonly toShip: ReadonlySet<string> | undefined
  readonly complete: boolean
}

/**
 * The confirmed sales and the pre-orders, joined with the new ones that are the same sale. Pre-orders are asked for *before* the confirmed ones:
 * one confirmed in between would else be in neither list. What is not shipped is asked for *after* them: a sale accepted in between would
 * otherwise look shipped, and nobody would ship it.
 */
export async function readConfirmed(
  { client, config, log }: ListNeeds,
  {
    from,
    preordersFrom,
    fresh,
    reject,
  }: {
    from: string
    preordersFrom: string
    fresh: ReadonlyMap<string, SaleWire>
    reject: (rejection: Rejection) => void
  },
  signal: AbortSignal,
): Promise<Confirmed> {
  const preorders = readSales(await listPreorders(client, preordersFrom, log, signal), reject)
  const { sales: raw, complete } = await listConfirmed(client, from, log, signal)
  const toShip = config.detectShipped ? itemIdsOf(await listNotShipped(client, from, signal)) : undefined
  const sales = readSales(raw, reject)
  for (const [id, sale] of preorders) {
    const later = sales.get(id)
    sales.set(id, later === undefined ? sale : combineSales(sale, later))
  }
  for (const [id, sale] of sales) {
    const other = fresh.get(id)
    if (other !== undefined) sales.set(id, combineSales(other, sale))
  }
  return { sales, toShip, complete }
}

/** What cannot be read is rejected by the reader, not here. */
const ignore = (): void => undefined

/** Reads all lists into the book, for questions about single sales. */
export async function fillBook(needs: ListNeeds, signal: AbortSignal): Promise<void> {
  const { client, config, book, clock } = needs
  const at = clock.now()
  const fresh = readSales((await client.newSales(signal)).sales, ignore)
  const { sales, toShip } = await readConfirmed(
    needs,
    { from: parisDay(at, config.deepWindowDays), preordersFrom: parisDay(at, preorderDays), fresh, reject: ignore },
    signal,
  )
  for (const sale of [...fresh.values(), ...sales.values()]) book.remember(sale, toOrder(sale, { config, toShip }))
  book.listed(at, toShip)
}
