import { createHash } from 'node:crypto'
import {
  Clock,
  definePlugin,
  Instant,
  Log,
  serviceToken,
  type FileRef,
  type Invoice,
  type Outcome,
  type ServiceToken,
} from '@kontor/core'
import { connect, override } from '@kontor/core/host'
import { describe, expect, it } from 'vitest'
import backMarket from '../src/index.ts'
import { createClient } from '../src/client.ts'
import { createInvoicesWriter, type OpenFile } from '../src/writers/invoices.ts'
import { airpods, collect, config, delivery, openShop, type Shop } from './shop.ts'

const pdf = Buffer.from('%PDF-1.4\n% an invoice\n%%EOF\n')

/** The writer needs a host that opens the files of its store; here stands a plugin of it alone, with the account of the real one. */
const OpenFileToken: ServiceToken<OpenFile> = serviceToken('open-file@1')
const { config: schema, credentials, hosts, headers, errors, limits } = backMarket
const invoicesOnly = definePlugin({
  id: 'backmarket-invoices',
  title: 'Back Market, invoices',
  apiVersion: 1,
  description: 'The writer of invoices alone.',
  config: schema,
  ...(credentials === undefined ? {} : { credentials }),
  ...(hosts === undefined ? {} : { hosts }),
  ...(headers === undefined ? {} : { headers }),
  ...(errors === undefined ? {} : { errors }),
  ...(limits === undefined ? {} : { limits }),
  readers: {},
  writers: { invoices: { takes: ['invoices'], again: 'safe' } },
  needs: { clock: Clock, log: Log, open: OpenFileToken },
  create: ({ http, config: parsed, clock, log, open: openFile }) => ({
    check: () => Promise.resolve({ problems: [] }),
    readers: {},
    writers: {
      invoices: createInvoicesWriter({ client: createClient(http), config: parsed, clock, log, open: openFile }),
    },
  }),
})
const connectWithFiles = (shop: Shop, bytes: Uint8Array) =>
  connect(invoicesOnly, {
    config: { ...config, baseUrl: shop.market.url },
    credentials: { token: 'simulator-token' },
    clock: shop.market.clock,
    overrides: [override(OpenFileToken, () => () => Promise.resolve(new Uint8Array(bytes)))],
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
