import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { parseImei, recordSchemas, type Shipment } from '@kontor/core'
import { csvText } from '../src/wire/csv-write.ts'
import { csvRows } from '../src/wire/csv-read.ts'
import { bare, guarded } from '../src/wire/formula.ts'
import { headerRules } from '../src/wire/header.ts'
import { decode, encode, type Encoding } from '../src/wire/text.ts'
import { imeiFor } from '../src/simulator/goods.ts'
import { deliveryOf, put, world } from './world.ts'

/** Text as people, programs and attackers write it. */
const nasty = fc.oneof(
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter((text) => text.isWellFormed() && !text.includes('\0')),
  fc.constantFrom(
    '"',
    '""',
    ';',
    ',',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '=1+1',
    "'=1+1",
    "''@x",
    '+49 30 1',
    '-5',
    '@SUM(A1)',
    '\uFEFF',
    'Łódź',
    '日本',
    ' x ',
    '\u00A0',
  ),
  fc
    .array(fc.constantFrom('"', ';', ',', '\n', '\r', "'", '=', '+', '-', '@', ' ', 'a'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
)

/** The same bytes in pieces of any size: a letter, a quote or a line end may be cut in two. */
async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const end = start + (sizes[turn % sizes.length] ?? 1)
    yield bytes.subarray(start, end)
    start = end
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
const columns = ['sku', 'available', 'location'] as const

test('any cells come back as they were, in any encoding, with any delimiter and line end, cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(nasty, nasty, fc.option(nasty, { nil: '' })), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(';', ',', '\t', '|'),
      fc.constantFrom('\n' as const, '\r\n' as const),
      fc.constantFrom<Encoding>('utf-8', 'utf-8-bom', 'utf-16le'),
      sizes,
      async (rows, delimiter, lineEnd, encoding, pieces) => {
        const encoded = encode(csvText(columns, rows, { delimiter, lineEnd, guardFormulas: true }), encoding, false)
        if (!('bytes' in encoded)) throw new Error('Unicode has all letters')
        const found: string[][] = []
        const text = decode(chunked(encoded.bytes, [4, ...pieces]), encoding)
        for await (const row of csvRows(text, { ...headerRules('stock', {}), delimiter }))
          found.push(columns.map((name) => row.cells.get(name)?.text ?? ''))
        expect(found).toEqual(rows)
      },
    ),
    { numRuns: 300 },
  )
})

test('the delimiter is found out whatever the cells hold', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(nasty, nasty), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(';', ',', '\t', '|'),
      async (rows, delimiter) => {
        const text = csvText(['sku', 'available'], rows, { delimiter, lineEnd: '\r\n', guardFormulas: true })
        const found: (string | undefined)[] = []
        for await (const row of csvRows(one(text), headerRules('stock', {}))) found.push(row.cells.get('sku')?.text)
        expect(found).toEqual(rows.map(([sku]) => sku))
      },
    ),
    { numRuns: 200 },
  )
})

async function* one(text: string): AsyncGenerator<string> {
  yield text
}

test("an apostrophe in front makes a formula harmless, and can always be told from the text's own", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(bare(guarded(text))).toBe(text)
      expect(guarded(text)).not.toMatch(/^[=@\t\r]/)
    }),
  )
})

test.each(['latin1', 'windows-1252'] as const)(
  'letters that %s has come back; others are named, or replaced by one that it has',
  async (encoding) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), sizes, async (text, pieces) => {
        const strict = encode(text, encoding, false)
        const back: string[] = []
        for await (const part of decode(chunked('bytes' in strict ? strict.bytes : new Uint8Array(), pieces), encoding))
          back.push(part)
        expect('bytes' in strict ? back.join('') : `${text.slice(0, strict.at)}${strict.missing}`).toBe(
          'bytes' in strict ? text : text.slice(0, strict.at + strict.missing.length),
        )
        const lenient = encode(text, encoding, true)
        if (!('bytes' in lenient)) throw new Error('with replacement every text can be written')
        expect(
          encode(
            Buffer.from(lenient.bytes)
              .toString('latin1')
              .replaceAll(/[\x80-\x9f]/g, ''),
            encoding,
            false,
          ),
        ).toHaveProperty('bytes')
      }),
    )
  },
)

const word = nasty.map((text) => text.trim()).filter((text) => text !== '')
/** Identifiers: not what a spreadsheet would make of them, not a list. */
const id = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{2,12}$/)
const instant = fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => new Date(seconds * 1000).toISOString())

const shipment: fc.Arbitrary<Shipment> = fc
  .record(
    {
      order: fc.stringMatching(/^[a-z][a-z0-9-]{0,6}\/[A-Z0-9-]{1,10}$/),
      trackingNumber: id,
      carrier: word,
      service: word,
      note: word,
      messageToBuyer: word,
      shippedAt: instant,
      deliveredAt: instant,
      shippedFromCountry: fc.constantFrom('DE', 'FR', 'PL'),
      weightGrams: fc.integer({ min: 0, max: 30_000 }),
      lines: fc.uniqueArray(
        fc.record(
          { lineId: id, sku: id, quantity: fc.integer({ min: 1, max: 9 }), phones: fc.array(id, { maxLength: 3 }) },
          { requiredKeys: ['lineId', 'quantity', 'phones'] },
        ),
        { minLength: 1, maxLength: 4, selector: ({ lineId }) => lineId },
      ),
    },
    { requiredKeys: ['order', 'trackingNumber', 'lines'] },
  )
  .map(({ order, lines, ...rest }) =>
    recordSchemas.shipments.parse({
      entity: 'shipments',
      id: `${order}:${rest.trackingNumber}`,
      about: { key: order },
      ...rest,
      lines: lines.map(({ phones, ...line }) => ({
        ...line,
        ...(phones.length === 0 ? {} : { units: phones.map((phone) => ({ imei: imeiFor(phone) })) }),
      })),
    }),
  )

test('any shipment that is written as CSV, JSON or JSON Lines is read as the same shipment', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kontor-round-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(shipment, { minLength: 1, maxLength: 4, selector: ({ id: name }) => name }),
      fc.constantFrom('csv' as const, 'json' as const, 'jsonl' as const),
      fc.constantFrom('one' as const, 'batch' as const),
      fc.constantFrom('.' as const, ',' as const),
      async (shipments, format, perFile, decimal) => {
        const { write, read, names, text, folder } = await world(
          { write: { shipments: { format, perFile, decimal } } },
          { root: join(root, String(run++)) },
        )
        const { outcomes } = await write(shipments.map((record) => deliveryOf(record, record.id)))
        expect(outcomes.map(({ is }) => is)).toEqual(shipments.map(() => 'done'))
        for (const name of await names('shipments-out'))
          await put(join(folder, 'shipments', name), await text(`shipments-out/${name}`))
        const { records, rejected } = await read()
        expect(rejected).toEqual([])
        const byId = <T extends { id: string }>(all: readonly T[]): T[] =>
          all.toSorted((a, b) => (a.id < b.id ? -1 : 1))
        expect(byId(records)).toEqual(byId(shipments))
      },
    ),
    { numRuns: 60 },
  )
})

test('the IMEI of the simulated warehouse are real ones', () => {
  fc.assert(
    fc.property(fc.string(), (piece) => {
      expect(parseImei(imeiFor(piece))).toBe(imeiFor(piece))
    }),
  )
})
