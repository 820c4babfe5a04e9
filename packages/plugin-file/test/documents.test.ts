import { describe, expect, test } from 'vitest'
import { Instant, Invoice, type Page } from '@kontor/core'
import { put, world, type Settings } from './world.ts'

const since = Instant.parse('2026-01-01T00:00:00Z')

async function office(settings: Settings = {}, mode: 'live' | 'plan' = 'live') {
  const made = await world(settings, { mode })
  return {
    ...made,
    documents: async () => {
      const pages: Page<'invoices'>[] = []
      for await (const page of made.shop.readers.documents.read({ since })) pages.push(page)
      return {
        records: pages.flatMap(({ records }) => records),
        rejected: pages.flatMap(({ rejected = [] }) => rejected),
      }
    },
  }
}
const pdf = (words: string): string => `%PDF-1.4\n% ${words}\n%%EOF\n`

describe('invoices as documents', () => {
  test('are about the order in their name; they move to done, and are opened there by their content', async () => {
    const { put: drop, documents, names, shop, folder } = await office()
    await drop('invoices/5978.pdf', pdf('one'))
    await drop('invoices/bm-eu_5979.PDF', pdf('two'))
    const { records, rejected } = await documents()
    expect(rejected).toEqual([])
    expect(records.map((record) => Invoice.parse(record))).toMatchObject([
      {
        id: '5978',
        about: { entity: 'orders', number: '5978' },
        file: { name: '5978.pdf', mediaType: 'application/pdf' },
      },
      { id: 'bm-eu_5979', about: { entity: 'orders', key: 'bm-eu/5979' } },
    ])
    expect(await names('invoices')).toEqual(['done'])
    expect(await names('invoices/done')).toEqual(['5978.pdf', 'bm-eu_5979.PDF'])
    // A corrected one of the same name lies beside it under another name, and each is found.
    await drop('invoices/5978.pdf', pdf('new'))
    const [corrected] = (await documents()).records
    const [first] = records
    if (!first || !corrected) throw new Error('no records')
    const text = async (file: Invoice['file']) => Buffer.from((await shop.open?.(file)) ?? []).toString()
    expect([await text(first.file), await text(corrected.file)]).toEqual([pdf('one'), pdf('new')])
    await put(`${folder}/invoices/done/5978.pdf`, pdf('bad'))
    expect(await shop.open?.(first.file)).toBeUndefined()
  })

  test('that are none, or whose name says nothing, are rejections of their own', async () => {
    const {
      put: drop,
      documents,
      names,
      logged,
      shop,
    } = await office({ invoices: { name: '^RE-\\d+-(?<number>\\d+)$' } })
    await drop('invoices/RE-1-5978.pdf', 'PK a spreadsheet')
    await drop('invoices/5979.pdf', pdf('two'))
    await drop('invoices/RE-3-5980.pdf', pdf('three'))
    await drop('invoices/list.xlsx', 'PK')
    const { records, rejected } = await documents()
    expect(records).toMatchObject([{ about: { number: '5980' } }])
    expect(rejected.map(({ ref, error }) => [ref?.id, error.message])).toEqual([
      ['5979', expect.stringContaining('set `invoices.name`')],
      ['RE-1-5978', expect.stringContaining('is no PDF')],
    ])
    expect(await names('invoices/failed')).toEqual(['5979.pdf', 'RE-1-5978.pdf'])
    expect(await names('invoices')).toEqual(['done', 'failed', 'list.xlsx'])
    expect(logged.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { file: 'invoices/list.xlsx' } }])
    expect((await shop.check()).problems).toMatchObject([{ key: 'config.invoices.folder', level: 'warning' }])
  })

  test('stay where they are while somebody only plans', async () => {
    const { put: drop, documents, names } = await office({}, 'plan')
    await drop('invoices/5978.pdf', pdf('one'))
    expect((await documents()).records).toHaveLength(1)
    expect(await names('invoices')).toEqual(['5978.pdf'])
  })
})
