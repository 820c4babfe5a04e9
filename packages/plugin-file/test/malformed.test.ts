import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { put, world, type Settings } from './world.ts'

/** What is told of one file: the first rejection, how many records came through, where the file went, and the error file. */
async function told(entity: string, content: string | Uint8Array, settings: Settings = {}, name = 'a.csv') {
  const { put: putHere, read, names, text } = await world(settings)
  await putHere(`${entity}/${name}`, content)
  const { records, rejected } = await read()
  const failed = await names(`${entity}/failed`)
  const errors = failed.includes(`${name}.errors.csv`) ? await text(`${entity}/failed/${name}.errors.csv`) : ''
  return {
    records,
    rejected,
    paths: rejected.map(({ path }) => path),
    messages: rejected.map(({ error }) => error.message),
    done: await names(`${entity}/done`),
    failed,
    errors: errors.replace('\uFEFF', '').trimEnd().split('\r\n'),
  }
}

describe('a file of which nothing can be taken goes to failed/ and says why', () => {
  const latin = Buffer.from('sku;location;available\nA;Süd;1\n', 'latin1')
  test.each<[string, string | Uint8Array, string, RegExp]>([
    ['empty', '', 'stock/a.csv', /an empty file/],
    ['blank lines alone', '\r\n\r\n', 'stock/a.csv', /an empty file/],
    [
      'a missing column',
      'sku;name\nA;x\n',
      'stock/a.csv:1:available',
      /found the columns "sku", "name"; expected a column available/,
    ],
    ['one column twice', 'sku;SKU;available\nA;A;1\n', 'stock/a.csv:1:SKU', /the columns "sku" and "SKU"/],
    [
      'two names for one thing',
      'sku;Bestand;available\nA;1;1\n',
      'stock/a.csv:1:available',
      /name the one that counts in `columns`/,
    ],
    ['a quote that is never closed', 'sku;available\nA;1\nB;"2\nC;3\n', 'stock/a.csv:3', /closing quote/],
    ['text behind a closing quote', 'sku;available\nA;"1"x\n', 'stock/a.csv:2', /delimiter after a closing quote/],
    ['a quote in the middle of a cell', 'sku;available\nA 5" case;1\n', 'stock/a.csv:2', /quote inside a cell/],
    ['another encoding', latin, 'stock/a.csv:2', /no UTF-8; .*windows-1252/],
    ['no text at all', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]), 'stock/a.csv:1', /zero byte/],
  ])('%s', async (_, content, path, message) => {
    const { records, paths, messages, failed, done } = await told('stock', content)
    expect(records).toEqual([])
    expect(paths).toEqual([path])
    expect(messages[0]).toMatch(message)
    expect(failed).toEqual(['a.csv', 'a.csv.errors.csv'])
    expect(done).toEqual([])
  })

  test('a file larger than `maxFileMegabytes`', async () => {
    const { paths, messages } = await told('stock', `sku;available\n${'A;1\n'.repeat(300_000)}`, {
      maxFileMegabytes: 1,
    })
    expect(paths).toEqual(['stock/a.csv'])
    expect(messages[0]).toMatch(/a file of 2 MB; expected at most 1 MB/)
  })

  test.each([
    ['a.json', '{"sku": '],
    ['a.json', ''],
    ['a.jsonl', '\n'],
  ])('%s with %j', async (name, content) => {
    const { records, rejected, failed } = await told('stock', content, {}, name)
    expect(records).toEqual([])
    expect(rejected).toHaveLength(1)
    expect(failed).toEqual([name, `${name}.errors.csv`])
  })

  test('a header and nothing below is a file without news', async () => {
    const { records, rejected, done } = await told('stock', 'sku;available\r\n')
    expect([records, rejected, done]).toEqual([[], [], ['a.csv']])
  })
})

describe('a file with some bad rows is taken without them', () => {
  test('each bad row is rejected with line and column; the error file has them all; the file goes to done/', async () => {
    const content = [
      'order;tracking_number;shipped_at;carrier;sku;imei',
      'bm-eu/1;T1;2031-05-03T09:36:00+02:00;DHL;A;358240051111110',
      'bm-eu/2;T2;03/04/2031;DHL;A;',
      'bm-eu/3;1,23457E+15;2031-05-03;DHL;A;',
      'bm-eu/4;T4;2031-05-03;DHL;A;358240051111111',
      ';T5;2031-05-03;DHL;A;',
      'bm-eu/6;T6',
      'bm-eu/7;T7;2031-02-30;DHL;A;12',
    ].join('\r\n')
    const { records, rejected, paths, errors, done, failed } = await told('shipments', content)
    expect(records.map(({ id }) => id)).toEqual(['bm-eu/1:T1'])
    expect(paths).toEqual([
      'shipments/a.csv:3:shipped_at',
      'shipments/a.csv:4:tracking_number',
      'shipments/a.csv:5:imei',
      'shipments/a.csv:6:order or number',
      'shipments/a.csv:7',
      'shipments/a.csv:8:shipped_at',
    ])
    expect(rejected.map(({ error }) => error.code)).toEqual([
      'RECORD_INVALID',
      'TRACKING_INVALID',
      'SERIAL_INVALID',
      'RECORD_INVALID',
      'RECORD_INVALID',
      'RECORD_INVALID',
    ])
    expect(rejected[0]?.error.message).toContain('ISO 8601')
    expect(done).toEqual(['a.csv'])
    expect(failed).toEqual(['a.csv.errors.csv'])
    expect(errors).toHaveLength(8)
    expect(errors[0]).toBe('line;column;found;expected')
    expect(errors[1]).toMatch(/^3;shipped_at;03\/04\/2031;an ISO 8601 time/)
    expect(errors.at(-1)).toMatch(/^8;imei;12;/)
  })

  test('a serial number or a note is never in a message; in the error file stands the cell in question and no other', async () => {
    const { messages, errors } = await told(
      'shipments',
      'order,sku,imei,note\nshop/1,A,358240051111111,call Erika Muster\n',
    )
    expect(messages.join()).not.toMatch(/3582400|Erika/)
    expect(errors.join()).toContain('358240051111111')
    expect(errors.join()).not.toContain('Erika')
  })

  test('rows of one parcel that contradict each other are one rejection', async () => {
    const { records, paths, messages } = await told(
      'shipments',
      'order;tracking_number;carrier;sku\nshop/1;T;DHL;A\nshop/1;T;UPS;B\nshop/2;U;DHL;A\n',
    )
    expect(records).toHaveLength(1)
    expect(paths).toEqual(['shipments/a.csv:3:carrier'])
    expect(messages[0]).toMatch(/the same as in line 2/)
  })

  test('one SKU with two numbers is rejected: the file does not say which is right', async () => {
    const { records, paths } = await told('stock', 'sku;available\nA;1\nB;2\nA;3\nC;4\nC;4\n')
    expect(records).toMatchObject([{ sku: 'B' }, { sku: 'C', available: 4 }])
    expect(paths).toEqual(['stock/a.csv:4:available'])
  })

  test('one refund written twice is not added up', async () => {
    const { records, messages } = await told(
      'refunds',
      'order;sku;amount;currency\nshop/1;A;5.00;EUR\nshop/1;A;5.00;EUR\n',
    )
    expect(records).toEqual([])
    expect(messages[0]).toMatch(/give each an `id` if both are meant/)
  })

  test.each([
    ['1.234', 'stock', 'sku;available\nA;1.234\n'],
    ['five', 'stock', 'sku;available\nA;five\n'],
    ['1.5', 'stock', 'sku;available\nA;1.5\n'],
    ['nothing', 'stock', 'sku;available\nA;\n'],
  ])('%s is no number of pieces', async (_, entity, content) => {
    const { records, paths } = await told(entity, content)
    expect(records).toEqual([])
    expect(paths).toEqual(['stock/a.csv:2:available'])
  })

  test('with `decimal` a number like 1.234 is read as it is meant', async () => {
    expect(
      (await told('stock', 'sku;available\nA;1.234\n', { read: { stock: { decimal: ',' } } })).records,
    ).toMatchObject([{ available: 1234 }])
    expect(
      (await told('prices', 'sku;price;currency\nA;1.234;EUR\n', { read: { prices: { decimal: '.' } } })).records,
    ).toMatchObject([{ price: { value: { amount: '1.234' } } }])
  })

  test('a cell that would run as a formula does not run in the error file', async () => {
    const { errors } = await told('stock', 'sku;available\nA;=1+cmd\n')
    expect(errors[1]).toMatch(/^2;available;'=1\+cmd;/)
  })
})

describe('what files look like', () => {
  test.each([
    [';', 'sku;available\nA,1;5\n', 'A,1'],
    [',', 'sku,available\n"A;1",5\n', 'A;1'],
    ['tab', 'sku\tavailable\nA;1\t5\n', 'A;1'],
    ['|', 'sku|available\nA;1|5\n', 'A;1'],
    ['sep=', 'sep=,\r\nsku,available\r\nA;1,5\r\n', 'A;1'],
    ['mark and blanks', '\uFEFF SKU ; Available \n A 1 ; 5 \n', 'A 1'],
    ['line breaks in a cell', 'sku;available;name\n"A\r\n1";5;x\n', 'A\r\n1'],
    ['old line ends', 'sku;available\rA;5\r', 'A'],
  ])('%s', async (_, content, sku) => {
    const { records, rejected } = await told('stock', content)
    expect(rejected).toEqual([])
    expect(records).toMatchObject([{ sku, available: 5 }])
  })

  test.each<[Settings, Uint8Array]>([
    [{ read: { stock: { encoding: 'windows-1252' } } }, Buffer.from('sku;location;available\nA;Süd;5\n', 'latin1')],
    [{ read: { stock: { encoding: 'latin1' } } }, Buffer.from('sku;location;available\nA;Süd;5\n', 'latin1')],
    [{ read: { stock: { encoding: 'windows-1252' } } }, Buffer.from('\uFEFFsku;location;available\nA;Süd;5\n', 'utf8')],
    [{}, Buffer.from('\uFEFFsku;location;available\nA;Süd;5\n', 'utf16le')],
  ])('encodings %#', async (settings, content) => {
    expect((await told('stock', content, settings)).records).toMatchObject([{ location: 'Süd' }])
  })

  test('line numbers count lines of the file, also behind cells with line breaks and empty lines', async () => {
    const { paths } = await told('stock', 'sku;available;name\n\nA;1;"x\ny\nz"\n\nB;bad;"p\nq"\nC;bad;\n')
    expect(paths).toEqual(['stock/a.csv:7:available', 'stock/a.csv:9:available'])
  })

  test('a column may be told, left alone, or be of no meaning', async () => {
    const settings: Settings = {
      read: { stock: { columns: { 'Artikel-Nr. (intern)': 'sku', Verfügbar: 'available', Bestand: '' } } },
    }
    const { records } = await told('stock', 'Artikel-Nr. (intern);Bestand;Verfügbar;Farbe\nA;9;5;rot\n', settings)
    expect(records).toMatchObject([{ sku: 'A', available: 5 }])
  })

  test('times: an offset is kept, a wall clock is read in the zone of the folder and flagged, also in the hour that comes twice', async () => {
    const settings: Settings = { timeZone: 'Europe/Berlin' }
    const content =
      'order;tracking_number;shipped_at\na/1;1;2031-05-03T09:36:00+02:00\na/2;2;2031-05-03 09:36\na/3;3;2031-05-03\na/4;4;2026-10-25 02:30\na/5;5;2026-03-29 02:30\n'
    const { records } = await told('shipments', content, settings)
    expect(records).toMatchObject([
      { shippedAt: '2031-05-03T09:36:00+02:00' },
      { shippedAt: '2031-05-03T07:36:00.000Z', flags: ['time-zone-assumed'] },
      { shippedAt: '2031-05-02T22:00:00.000Z', flags: ['time-of-day-unknown'] },
      { shippedAt: '2026-10-25T00:30:00.000Z' },
      { shippedAt: '2026-03-29T00:30:00.000Z' },
    ])
    expect(records[0]?.flags).toBeUndefined()
  })

  test('a link is not followed: who may write into the folder may not read elsewhere', async () => {
    const { root, folder, put: putHere, read, names } = await world()
    await putHere('stock/b.csv', 'sku;available\nB;1\n')
    await put(join(root, 'secret.csv'), 'sku;available\nSECRET;1\n')
    await symlink(join(root, 'secret.csv'), join(folder, 'stock/a.csv'))
    expect((await read()).records).toMatchObject([{ sku: 'B' }])
    expect(await names('stock')).toEqual(['a.csv', 'done'])
    await writeFile(join(root, 'secret.csv'), '')
  })
})
