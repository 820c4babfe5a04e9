import { createHash } from 'node:crypto'
import { Files, Instant, KontorError, type FileRef, type Invoice, type Outcome } from '@kontor/core'
import { connect, override } from '@kontor/core/host'
import { describe, expect, it } from 'vitest'
import backMarket from '../src/index.ts'
import { airpods, collect, config, delivery, openShop, type Shop } from './shop.ts'

const pdf = Buffer.from('%PDF-1.4\n% an invoice\n%%EOF\n')

/** A host that has one file for everything. */
const connectWithFiles = (shop: Shop, bytes: Uint8Array) =>
  connect(backMarket, {
    config: { ...config, baseUrl: shop.market.url },
    credentials: { token: 'simulator-token' },
    clock: shop.market.clock,
    overrides: [override(Files, () => ({ open: () => Promise.resolve(new Uint8Array(bytes)) }))],
  })

const fileOf = (bytes: Uint8Array): FileRef => ({
  name: 'invoice.pdf',
  mediaType: 'application/pdf',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
})
const invoice = (id: string, more: Partial<Invoice> = {}, bytes: Uint8Array = pdf) =>
  delivery<'invoices'>({
    entity: 'invoices',
    id: `invoice-${id}`,
    about: { entity: 'orders', number: id },
    file: fileOf(bytes),
    ...more,
  })
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : outcome.is))

async function open(bytes: Uint8Array = pdf) {
  const shop = await openShop()
  const order = await shop.place({ skus: [airpods] })
  const connection = await connectWithFiles(shop, bytes)
  const write = async (...batch: ReturnType<typeof invoice>[]): Promise<Outcome[]> =>
    await shop.market.drive(collect(connection.writers.invoices.write(batch)))
  const readBack = async (...batch: ReturnType<typeof invoice>[]): Promise<Outcome[]> =>
    await shop.market.drive(collect(connection.writers.invoices.readBack?.(batch) ?? (async function* () {})()))
  return { shop, order, write, readBack, uploads: () => shop.market.truth.count('invoice-uploaded') }
}

describe('an invoice', () => {
  it('is uploaded as one PDF, and read back by its date', async () => {
    const { shop, order, write, uploads } = await open()
    await using _ = shop
    const [outcome] = await write(invoice(order.id))
    expect(outcome).toMatchObject({
      is: 'done',
      reference: fileOf(pdf).sha256,
      detail: { providedAt: expect.stringMatching(/^2026-05-10T08:00:00/) },
    })
    expect(uploads()).toBe(1)
  })

  it('is not uploaded again, nor over one that somebody else has put there; a corrected one of ours is', async () => {
    const { shop, order, write, uploads } = await open()
    await using _ = shop
    await write(invoice(order.id))
    const { sha256 } = fileOf(pdf)
    expect(codes(await write(invoice(order.id), { ...invoice(order.id), known: { reference: sha256 } }))).toEqual([
      'already',
      'already',
    ])
    expect(uploads()).toBe(1)
    expect(codes(await write({ ...invoice(order.id), known: { reference: 'of-the-first-one' } }))).toEqual(['done'])
    expect(uploads()).toBe(2)
  })

  it.each<[string, Uint8Array, Partial<Invoice>, string]>([
    ['no PDF', Buffer.from('PK\u0003\u0004 a spreadsheet'), {}, 'REQUEST_REJECTED'],
    ['a credit note', pdf, { kind: 'credit_note' }, 'UNSUPPORTED'],
    ['eleven megabytes', pdf, { file: { ...fileOf(pdf), size: 11_000_000 } }, 'REQUEST_REJECTED'],
    ['an order that is not there', pdf, { about: { entity: 'orders', number: '1' } }, 'ORDER_UNKNOWN'],
  ])('is refused before any call: %s', async (_, bytes, more, code) => {
    const { shop, order, write, uploads } = await open(bytes)
    await using running = shop
    expect(running.market.unknownRoutes).toEqual([])
    expect(codes(await write(invoice(order.id, more)))).toEqual([code])
    expect(uploads()).toBe(0)
  })

  it('whose file is gone is refused by itself; where its system cannot be reached, it is tried again', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods] })
    const writeWith = async (error: KontorError): Promise<Outcome[]> => {
      await using connection = await connect(backMarket, {
        config: { ...config, baseUrl: shop.market.url },
        credentials: { token: 'simulator-token' },
        clock: shop.market.clock,
        overrides: [override(Files, () => ({ open: () => Promise.reject(error) }))],
      })
      return await shop.market.drive(collect(connection.writers.invoices.write([invoice(order.id)])))
    }
    expect(codes(await writeWith(new KontorError('NOT_FOUND', { message: 'gone' })))).toEqual(['NOT_FOUND'])
    await expect(writeWith(new KontorError('UPSTREAM_UNAVAILABLE', { message: 'away' }))).rejects.toThrow('away')
  })

  it('needs a host that opens files', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods] })
    expect(await shop.market.drive(collect(shop.shop.writers.invoices.write([invoice(order.id)])))).toMatchObject([
      { is: 'refused', error: { code: 'UNSUPPORTED', message: expect.stringContaining('`Files`') } },
    ])
  })

  it.each([
    ['dropAnswer', 'done'],
    ['reset', 'absent'],
  ] as const)('is asked about after %s: %s', async (fault, found) => {
    const { shop, order, write, readBack } = await open()
    await using _ = shop
    shop.market.faults.add({ match: { method: 'POST', times: 1 }, do: fault })
    const wish = invoice(order.id)
    const [outcome] = await write(wish)
    expect(outcome).toMatchObject({ is: 'sent' })
    const asked = { ...wish, sent: { at: Instant.parse(shop.market.clock.instant()) } }
    expect(codes(await readBack(asked))).toEqual([found])
  })
})

describe('the command upload-invoice', () => {
  it('takes a PDF from a host of documents and shows when Back Market has it', async () => {
    await using shop = await openShop()
    const order = await shop.place({ skus: [airpods] })
    const upload = shop.shop.actions['upload-invoice']
    expect(
      await shop.market.drive(
        upload?.({ order, arguments: { url: `${shop.market.url}/delivery_note/1.pdf` } }) ?? Promise.resolve(null),
      ),
    ).toMatchObject({ order: order.id, providedAt: expect.any(String) })
    await expect(upload?.({ order, arguments: { url: 'https://elsewhere.example.com/1.pdf' } })).rejects.toMatchObject({
      code: 'HOST_NOT_ALLOWED',
    })
    await expect(upload?.({ order })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
