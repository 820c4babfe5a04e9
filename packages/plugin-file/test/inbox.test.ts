import { appendFile, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { world, type Checkpoint } from './world.ts'

const shipments = [
  'order;tracking_number;carrier;sku;quantity;imei',
  'bm-eu/5978;1Z999;UPS;PHONE-64-BLK;1;358240051111110',
  'bm-eu/5978;1Z999;UPS;CASE-1;2;',
  '5979;00340434161094000001;DHL;CASE-1;1;',
].join('\r\n')

describe('files that come in', () => {
  test('rows of one order and tracking number are one shipment; the file is moved to done', async () => {
    const { put, read, names } = await world()
    await put('shipments/2031-05-03.csv', shipments)
    const { records, rejected, pages } = await read()
    expect(rejected).toEqual([])
    expect(records).toEqual([
      {
        entity: 'shipments',
        id: 'bm-eu/5978:1Z999',
        about: { entity: 'orders', key: 'bm-eu/5978' },
        carrier: 'UPS',
        trackingNumber: '1Z999',
        lines: [
          { sku: 'PHONE-64-BLK', quantity: 1, units: [{ imei: '358240051111110' }] },
          { sku: 'CASE-1', quantity: 2 },
        ],
      },
      {
        entity: 'shipments',
        id: '5979:00340434161094000001',
        about: { entity: 'orders', number: '5979' },
        carrier: 'DHL',
        trackingNumber: '00340434161094000001',
        lines: [{ sku: 'CASE-1', quantity: 1 }],
      },
    ])
    expect(pages.at(-1)?.checkpoint).toEqual({ at: null })
    expect(await names('shipments')).toEqual(['done'])
    expect(await names('shipments/done')).toEqual(['2031-05-03.csv'])
  })

  test('rows of one parcel need not stand together, and one row a piece is added up', async () => {
    const { put, read } = await world()
    await put(
      'shipments/a.csv',
      'Auftrag;Sendungsnummer;Artikelnummer;IMEI\nbm-eu/1;T1;PHONE;358240051111110\nbm-eu/2;T2;PHONE;490154203237518\nbm-eu/1;T1;PHONE;356938035643809\n',
    )
    const { records } = await read()
    expect(records).toMatchObject([
      { id: 'bm-eu/2:T2', lines: [{ quantity: 1 }] },
      {
        id: 'bm-eu/1:T1',
        lines: [{ sku: 'PHONE', quantity: 2, units: [{ imei: '358240051111110' }, { imei: '356938035643809' }] }],
      },
    ])
  })

  test('a parcel is one record also where one of its rows gives the number beside the key, and another does not', async () => {
    const { put, read } = await world()
    await put('shipments/a.csv', 'order;number;tracking_number;sku\nbm-eu/1;1;T1;A\nbm-eu/1;;T1;B\n')
    expect((await read()).records).toMatchObject([
      { id: 'bm-eu/1:T1', about: { key: 'bm-eu/1', number: '1' }, lines: [{ sku: 'A' }, { sku: 'B' }] },
    ])
  })

  test('a spreadsheet file is left alone, and said to be, once', async () => {
    const { put, read, logged, shop } = await world()
    await put('stock/stock.xlsx', 'PK')
    await read()
    await read()
    expect(logged.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { file: 'stock/stock.xlsx' } }])
    const { problems } = await shop.check(new AbortController().signal)
    expect(problems).toMatchObject([
      { key: 'config.read.stock.folder', message: expect.stringContaining('stock.xlsx') },
    ])
  })

  test('stock from a server whose clock is ahead was not counted in the future', async () => {
    const { put, read, folder, clock } = await world()
    await put('stock/a.csv', 'sku;available\nA;1\n')
    const ahead = new Date('2031-05-03T11:00:00Z')
    await utimes(join(folder, 'stock/a.csv'), ahead, ahead)
    const { records } = await read()
    expect(records).toMatchObject([{ asOf: new Date(clock.now()).toISOString() }])
  })

  test('the same content makes the same records, whatever the file is called', async () => {
    const { put, read, names } = await world()
    await put('shipments/a.csv', shipments)
    const first = await read()
    await put('shipments/a.csv', shipments)
    const second = await read()
    await put('shipments/b.csv', `\uFEFF${shipments}\r\n`)
    const third = await read()
    expect(second.records).toEqual(first.records)
    expect(third.records).toEqual(first.records)
    expect(await names('shipments/done')).toEqual(['a-2.csv', 'a.csv', 'b.csv'])
  })

  test('decisions about single lines in two files are two decisions; the same one twice is one', async () => {
    const { put, read } = await world()
    await put('decisions/1.csv', 'order,decision,line\n12,accept,a\n')
    await put('decisions/2.csv', 'order,decision,line\n12,accept,b\n')
    await put('decisions/3.csv', 'Bestellnummer,Entscheidung,Grund\n13,ablehnen,ausverkauft\n')
    const { records } = await read()
    expect(records).toMatchObject([
      { about: { number: '12' }, decision: 'accept', lines: [{ lineId: 'a' }] },
      { about: { number: '12' }, decision: 'accept', lines: [{ lineId: 'b' }] },
      { id: '13:refuse', about: { number: '13' }, decision: 'refuse', reason: { value: 'out_of_stock' } },
    ])
    expect(new Set(records.map(({ id }) => id)).size).toBe(3)
  })

  test('stock: names and numbers as an ERP writes them; what is not in the file is not said', async () => {
    const { put, read } = await world()
    await put('stock/a.txt', 'Artikelnummer\tBestand\tLager\nA-1\t5,00\tNord\nA-2\t-3\tNord\nA-3\t1.200,0\tSüd\n')
    const { records, rejected } = await read()
    expect(rejected).toEqual([])
    expect(records).toMatchObject([
      { id: 'A-1:Nord', sku: 'A-1', available: 5, location: 'Nord' },
      { id: 'A-2:Nord', available: 0, flags: ['stock-below-zero'] },
      { id: 'A-3:Süd', available: 1200 },
    ])
    expect(records).toHaveLength(3)
  })

  test('prices, receipts and refunds come in the same way', async () => {
    const { put, read } = await world({ read: { prices: { currency: 'EUR' } } })
    await put('prices/a.csv', 'sku;price;market\nA-1;12,50;de-de\n')
    await put('receipts/a.csv', 'return;sku;quantity;grade\n8returns/R-1;A-1;1;B-Ware\n')
    await put('refunds/a.csv', 'order;sku;amount;currency;reason\nshop/218;A-1;12.50;EUR;Kulanz\n')
    const { records, rejected } = await read()
    expect(rejected).toEqual([])
    expect(records).toMatchObject([
      { entity: 'receipts', about: { entity: 'returns', key: '8returns/R-1' } },
      {
        entity: 'refunds',
        about: { key: 'shop/218' },
        lines: [{ sku: 'A-1', amount: { amount: '12.50', currency: 'EUR' } }],
        reason: { value: 'goodwill' },
      },
      { entity: 'prices', id: 'A-1:de-de', price: { value: { amount: '12.50', currency: 'EUR' }, taxIncluded: true } },
    ])
  })

  test('JSON: plain objects with nested lines, or records in our own form; numbers keep their digits', async () => {
    const { put, read } = await world()
    await put(
      'shipments/a.json',
      '[{"number": 123456789012345678901, "tracking_number": "T1", "lines": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 2}]}]',
    )
    await put(
      'shipments/b.jsonl',
      '{"entity":"shipments","about":{"key":"bm-eu/1"},"carrier":"DHL","weightGrams":120.5}\nno JSON\n{"order":"bm-eu/2"}\n',
    )
    const { records, rejected } = await read()
    expect(records).toMatchObject([
      {
        about: { number: '123456789012345678901' },
        lines: [
          { sku: 'A', quantity: 1 },
          { sku: 'B', quantity: 2 },
        ],
      },
      { about: { entity: 'orders', key: 'bm-eu/1' }, carrier: 'DHL', weightGrams: 120.5 },
      { about: { key: 'bm-eu/2' } },
    ])
    expect(rejected).toMatchObject([{ path: 'shipments/b.jsonl:2' }])
  })
})

describe('crashes', () => {
  const many = ['sku;available', ...Array.from({ length: 1234 }, (_, place) => `S-${place};${place}`)].join('\n')

  test('killed after any page: reading goes on behind it, and nothing is read twice or left out', async () => {
    for (const stored of [0, 1, 2, 3]) {
      const { put, pages, read, names } = await world()
      await put('stock/a.csv', many)
      const got: string[] = []
      let checkpoint: Checkpoint | undefined
      let count = 0
      for await (const page of pages()) {
        if (count++ === stored) break
        got.push(...page.records.map(({ id }) => id))
        checkpoint = page.checkpoint
      }
      // The page behind the last one says that the file is gone.
      expect(await names('stock')).toEqual(stored < 3 ? ['a.csv'] : ['done'])
      const rest = await read(checkpoint)
      got.push(...rest.records.map(({ id }) => id))
      expect(got).toEqual(Array.from({ length: 1234 }, (_, place) => `S-${place}`))
      expect(await names('stock/done')).toEqual(['a.csv'])
    }
  })

  test('killed between the last page and the move: the file is moved, and no row is read again', async () => {
    const { put, pages, read, names } = await world()
    await put('stock/a.csv', `${many}\nBROKEN;many\n`)
    let checkpoint: Checkpoint | undefined
    for await (const page of pages()) {
      checkpoint = page.checkpoint
      if (page.checkpoint.at?.finished === true) break
    }
    const rest = await read(checkpoint)
    expect(rest.records).toEqual([])
    expect(await names('stock/done')).toEqual(['a.csv'])
    expect(await names('stock/failed')).toEqual(['a.csv.errors.csv'])
  })

  test('a file put there again with the same name and content is read again', async () => {
    const { put, read } = await world()
    await put('stock/a.csv', many)
    const first = await read()
    await put('stock/a.csv', many)
    const second = await read(first.pages.at(-1)?.checkpoint)
    expect(second.records).toHaveLength(1234)
  })

  test('a file that was replaced while it was half read is read from its beginning', async () => {
    const { put, pages, read } = await world()
    await put('stock/a.csv', many)
    let checkpoint: Checkpoint | undefined
    for await (const page of pages()) {
      checkpoint = page.checkpoint
      break
    }
    await put('stock/a.csv', 'sku;available\nS-1;77\n')
    expect((await read(checkpoint)).records).toMatchObject([{ id: 'S-1', available: 77 }])
  })

  test('a file that grows after its last page was stored stays, and is read again', async () => {
    const { put, pages, folder, names, read } = await world()
    await put('stock/a.csv', 'sku;available\nS-1;1\n')
    for await (const page of pages())
      if (page.checkpoint.at?.finished === true) await appendFile(join(folder, 'stock/a.csv'), 'S-2;2\n')
    expect(await names('stock')).toEqual(['a.csv'])
    expect((await read()).records).toMatchObject([{ id: 'S-1' }, { id: 'S-2' }])
    expect(await names('stock/done')).toEqual(['a.csv'])
  })

  test('in a plan everything is read and nothing is moved', async () => {
    const { put, read, names } = await world({}, { mode: 'plan' })
    await put('stock/a.csv', 'sku;available\nS-1;1\nS-2;x\n')
    const { records, rejected } = await read()
    expect([records.length, rejected.length]).toEqual([1, 1])
    expect(await names('stock')).toEqual(['a.csv'])
  })
})

describe('files that are still being written', () => {
  test('a file that grows between two looks is left alone, and looked at again soon', async () => {
    const { put, read, clock, folder, names } = await world()
    await put('stock/a.csv', 'sku;available\nS-1;')
    clock.whileAsleep = () => appendFile(join(folder, 'stock/a.csv'), '12\n')
    const growing = await read()
    expect(growing.records).toEqual([])
    expect(growing.pages).toMatchObject([{ checkpoint: { at: null }, resumeAt: '2031-05-03T08:00:04.000Z' }])
    clock.whileAsleep = () => Promise.resolve()
    expect((await read()).records).toMatchObject([{ sku: 'S-1', available: 12 }])
    expect(await names('stock')).toEqual(['done'])
  })

  test('one growing file does not hold up the others', async () => {
    const { put, read, clock, folder } = await world()
    await put('stock/a.csv', 'sku;available\nS-1;1\n')
    await put('stock/b.csv', 'sku;available\nS-2;2\n')
    clock.whileAsleep = () => appendFile(join(folder, 'stock/a.csv'), 'S-3;3\n')
    expect((await read()).records).toMatchObject([{ sku: 'S-2' }])
  })

  test.each(['.hidden.csv', 'a.csv.tmp', 'a.csv.part', 'a.csv.filepart', '~$a.csv', 'readme.pdf'])(
    '%s is not read',
    async (name) => {
      const { put, read, names } = await world()
      await put(`stock/${name}`, 'sku;available\nS-1;1\n')
      expect((await read()).pages).toEqual([])
      expect(await names('stock')).toEqual(name.startsWith('.') ? [] : [name])
    },
  )

  test('with a marker, a file is read only when its marker stands beside it, and both go', async () => {
    const { put, read, names } = await world({ read: { stock: { marker: '.done' } } })
    await put('stock/a.csv', 'sku;available\nS-1;1\n')
    await put('stock/b.csv', 'sku;available\nS-2;2\n')
    await put('stock/b.done', '')
    expect((await read()).records).toMatchObject([{ sku: 'S-2' }])
    expect(await names('stock')).toEqual(['a.csv', 'done'])
    await put('stock/a.csv.done', '')
    expect((await read()).records).toMatchObject([{ sku: 'S-1' }])
    expect(await names('stock')).toEqual(['done'])
  })

  test('files are read in the order of their names, numbers as people count', async () => {
    const { put, read } = await world()
    for (const number of [10, 9, 1]) await put(`stock/stock-${number}.csv`, `sku;available\nS;${number}\n`)
    expect((await read()).records).toMatchObject([{ available: 1 }, { available: 9 }, { available: 10 }])
  })

  test('a file taken away between two looks is no error', async () => {
    const { put, read, clock, folder } = await world()
    await put('stock/a.csv', 'sku;available\nS-1;1\n')
    clock.whileAsleep = () => rename(join(folder, 'stock/a.csv'), join(folder, 'gone'))
    expect((await read()).records).toEqual([])
    await writeFile(join(folder, 'gone'), '')
  })
})
