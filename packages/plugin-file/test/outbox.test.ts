import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { anOrder, codeOf, deliveryOf, world } from './world.ts'

const rowsIn = (text: string): Record<string, string>[] => parse(text, { columns: true, delimiter: ';', bom: true })

describe('orders as files', () => {
  test('an order becomes one file with one row a line, our key, its number and what is to be shipped', async () => {
    const { write, names, text } = await world()
    const { outcomes } = await write([deliveryOf(anOrder())])
    expect(outcomes).toMatchObject([{ is: 'done' }])
    const [name = ''] = await names('orders')
    expect(name).toMatch(/^bm-eu_5978-[0-9a-f]{10}\.csv$/)
    expect(rowsIn(await text(`orders/${name}`))).toMatchObject([
      {
        order: 'bm-eu/5978',
        number: '5978',
        status: 'open',
        ship_name: 'Erika Muster',
        line: '1',
        sku: 'PHONE-64-BLK',
        to_ship: '1',
        unit_price: '249.00',
      },
      { order: 'bm-eu/5978', number: '5978', ship_city: 'Musterstadt', line: '2', sku: 'CASE-1', to_ship: '2' },
    ])
  })

  test('an order that is cancelled later is a second file that says so, and leaves the first alone', async () => {
    const { write, names, text } = await world()
    await write([deliveryOf(anOrder())])
    const [first = ''] = await names('orders')
    const before = await text(`orders/${first}`)
    await write([deliveryOf(anOrder({ lifecycle: { value: 'cancelled' } }))])
    const all = await names('orders')
    expect(all).toHaveLength(2)
    expect(await text(`orders/${first}`)).toBe(before)
    const second = all.find((name) => name !== first) ?? ''
    expect(rowsIn(await text(`orders/${second}`)).map((row) => [row['status'], row['to_ship']])).toEqual([
      ['cancelled', '0'],
      ['cancelled', '0'],
    ])
  })

  test.each([
    ['held', { hold: { reason: 'fraud check' } }],
    ['unpaid', { payment: { value: 'pending' as const } }],
    ['not accepted', { acceptance: { value: 'awaiting' as const } }],
  ])('an order that is %s has nothing to ship', async (_, over) => {
    const { write, names, text } = await world()
    await write([deliveryOf(anOrder(over))])
    const [name = ''] = await names('orders')
    expect(rowsIn(await text(`orders/${name}`)).map((row) => row['to_ship'])).toEqual(['0', '0'])
  })

  test('JSON holds the whole record, with our key beside it', async () => {
    const { write, names, text } = await world({ write: { orders: { format: 'json' } } })
    const delivery = deliveryOf(anOrder())
    await write([delivery])
    const [name = ''] = await names('orders')
    expect(JSON.parse(await text(`orders/${name}`))).toEqual({
      key: 'bm-eu/5978',
      revision: delivery.key.slice(0, 10),
      ...delivery.record,
    })
  })

  test('a batch is one file; JSON Lines has one order a line', async () => {
    const { write, names, text } = await world({ write: { orders: { format: 'jsonl', perFile: 'batch' } } })
    const deliveries = ['1', '2', '3'].map((id) => deliveryOf(anOrder({ id, numbers: [id] })))
    const { outcomes } = await write(deliveries)
    expect(outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'done'])
    const [name = '', ...others] = await names('orders')
    expect(others).toEqual([])
    expect(name).toMatch(/^orders-20310503T080000Z-[0-9a-f]{10}\.jsonl$/)
    const lines = (await text(`orders/${name}`)).trimEnd().split('\n')
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { key: 'bm-eu/1' },
      { key: 'bm-eu/2' },
      { key: 'bm-eu/3' },
    ])
  })

  test("columns, their names, delimiter, decimal comma and file name are the operator's choice", async () => {
    const { write, names, text } = await world({
      write: {
        orders: {
          delimiter: ',',
          decimal: ',',
          lineEnd: 'lf',
          fileName: 'AB_{number}',
          columns: {
            Auftrag: 'key',
            Menge: 'line.toShip',
            Preis: 'line.unitPrice.value.amount',
            Straße: 'shipTo.address.street',
          },
        },
      },
    })
    await write([deliveryOf(anOrder())])
    const [name = ''] = await names('orders')
    expect(name).toMatch(/^AB_5978-/)
    expect(await text(`orders/${name}`)).toBe(
      'Auftrag,Menge,Preis,Straße\nbm-eu/5978,1,"249,00",Beispielweg 1\nbm-eu/5978,2,"25,00",Beispielweg 1\n',
    )
  })

  test('an order without lines is one row', async () => {
    const { write, names, text } = await world()
    await write([deliveryOf(anOrder({ lines: null }))])
    const [name = ''] = await names('orders')
    expect(rowsIn(await text(`orders/${name}`))).toHaveLength(1)
  })

  test('what a buyer typed is no formula; phone numbers and amounts stay as they are', async () => {
    const { write, names, text } = await world()
    await write([deliveryOf(anOrder({ buyerNote: '=HYPERLINK("http://example.com";"x")', merchantNote: '@SUM(A1)' }))])
    const [name = ''] = await names('orders')
    expect(rowsIn(await text(`orders/${name}`))[0]).toMatchObject({
      buyer_note: `'=HYPERLINK("http://example.com";"x")`,
      merchant_note: `'@SUM(A1)`,
      ship_phone: '+49 30 000000',
    })
  })

  test('a letter the encoding lacks refuses the order and says what to do; with leave it is replaced', async () => {
    const polish = deliveryOf(anOrder({ shipTo: { fullName: 'Łucja Muster' } }))
    const strict = await world({ write: { orders: { encoding: 'windows-1252' } } })
    const { outcomes } = await strict.write([polish, deliveryOf(anOrder({ id: '2' }))])
    expect(outcomes).toMatchObject([
      { key: polish.key, is: 'refused', error: { key: 'config.write.orders.encoding' } },
      { is: 'done' },
    ])
    expect(JSON.stringify(outcomes)).not.toContain('ucja')
    expect(strict.begun).not.toContain(polish.key)
    const lenient = await world({ write: { orders: { encoding: 'windows-1252', replaceUnknownLetters: true } } })
    expect((await lenient.write([polish])).outcomes).toMatchObject([{ is: 'done' }])
  })
})

describe('every order once, however often we die', () => {
  const die = (): never => {
    throw new Error('killed')
  }

  test('killed before it is noted: nothing has appeared, nothing is in doubt, and the next attempt writes it', async () => {
    const dying = await world({}, { onBegin: die })
    const delivery = deliveryOf(anOrder())
    expect(await dying.write([delivery])).toMatchObject({ outcomes: [], thrown: { cause: { message: 'killed' } } })
    expect(await dying.names('orders')).toEqual([])
    const next = await world({}, { root: dying.root })
    expect((await next.write([delivery])).outcomes).toMatchObject([{ is: 'done' }])
    expect(await next.names('orders')).toHaveLength(1)
  })

  test('killed after it is noted and before it appeared: it is absent, and written again', async () => {
    const dying = await world({}, { onBegin: die })
    const delivery = deliveryOf(anOrder())
    await dying.write([delivery])
    const next = await world({}, { root: dying.root })
    expect((await next.readBack([delivery])).outcomes).toEqual([{ key: delivery.key, is: 'absent' }])
    // Asked twice, or asked and killed before the answer was stored: the answer stays the same.
    expect((await next.readBack([delivery])).outcomes).toEqual([{ key: delivery.key, is: 'absent' }])
    expect((await next.write([delivery])).outcomes).toMatchObject([{ is: 'done' }])
    expect((await next.readBack([delivery])).outcomes).toEqual([{ key: delivery.key, is: 'done' }])
    expect(await next.names('orders')).toHaveLength(1)
  })

  test('killed after it appeared: it is done, also where the warehouse has taken it away', async () => {
    const { write, readBack, names, folder } = await world()
    const delivery = deliveryOf(anOrder())
    await write([delivery])
    for (const name of await names('orders')) await rm(join(folder, 'orders', name))
    expect((await readBack([delivery])).outcomes).toEqual([{ key: delivery.key, is: 'done' }])
  })

  test('a store that was restored and has forgotten everything is told what appeared and what never did', async () => {
    const { write, readBack } = await world()
    const [sent, never] = [deliveryOf(anOrder()), deliveryOf(anOrder({ id: '2' }))]
    await write([sent])
    expect((await readBack([sent, never])).outcomes.map(({ is }) => is)).toEqual(['done', 'absent'])
  })

  test('in a batch, what had appeared is done for all of it, and what had not is absent for all of it', async () => {
    const settings = { write: { orders: { perFile: 'batch' as const } } }
    const dying = await world(settings, { onBegin: die })
    const [one, two, three] = ['1', '2', '3'].map((id) => deliveryOf(anOrder({ id })))
    if (!one || !two || !three) throw new Error('three deliveries')
    await dying.write([one, two])
    const next = await world(settings, { root: dying.root })
    expect((await next.readBack([two, one])).outcomes.map(({ is }) => is)).toEqual(['absent', 'absent'])
    await next.write([one, three])
    expect((await next.readBack([one, two, three])).outcomes.map(({ is }) => is)).toEqual(['done', 'absent', 'done'])
    expect(await next.names('orders')).toHaveLength(1)
    await next.write([two])
    expect((await next.readBack([two])).outcomes.map(({ is }) => is)).toEqual(['done'])
    expect(await next.names('orders')).toHaveLength(2)
  })

  test('a process that stood still while another finished its work writes nothing when it wakes', async () => {
    const delivery = deliveryOf(anOrder())
    let other: { is: string }[] = []
    const root = (await world()).root
    const awake = await world({}, { root })
    const asleep = await world(
      {},
      {
        root,
        // Begun is noted; then this process is frozen, and its work is taken over: asked about, found absent, written.
        onBegin: async () => {
          other = [...(await awake.readBack([delivery])).outcomes, ...(await awake.write([delivery])).outcomes]
          for (const name of await awake.names('orders'))
            await rename(join(awake.folder, 'orders', name), join(awake.root, 'taken.csv'))
        },
      },
    )
    const { outcomes, thrown } = await asleep.write([delivery])
    expect(other.map(({ is }) => is)).toEqual(['absent', 'done'])
    expect(outcomes).toEqual([])
    expect(codeOf(thrown)).toBe('FENCED')
    expect(await asleep.names('orders')).toEqual([])
    expect((await asleep.readBack([delivery])).outcomes).toMatchObject([{ is: 'done' }])
  })

  test('a folder that the other side has removed is made again', async () => {
    const { write, names, folder } = await world()
    await write([deliveryOf(anOrder())])
    await rm(join(folder, 'orders'), { recursive: true })
    expect((await write([deliveryOf(anOrder({ id: '2' }))])).outcomes).toMatchObject([{ is: 'done' }])
    expect(await names('orders')).toHaveLength(1)
  })

  test('nothing half written can be seen at any time under a visible name', async () => {
    const seen: string[][] = []
    const root = (await world()).root
    const observing = await world({}, { root, onBegin: async () => void seen.push(await observing.names('orders')) })
    await observing.write([deliveryOf(anOrder())])
    expect(seen).toEqual([[]])
    expect(await observing.names('orders')).toHaveLength(1)
  })

  test('each delivery is noted as begun exactly once, before it appears', async () => {
    const { write, begun } = await world()
    const deliveries = Array.from({ length: 120 }, (_, place) => deliveryOf(anOrder({ id: String(place) })))
    const { outcomes } = await write(deliveries)
    expect(outcomes).toHaveLength(120)
    expect(begun.toSorted()).toEqual(deliveries.map(({ key }) => key).toSorted())
  })
})

describe('a plan', () => {
  test('writes nothing, creates nothing, and says what it would do', async () => {
    const { write, readBack, names, root } = await world({}, { mode: 'plan' })
    const delivery = deliveryOf(anOrder())
    const { outcomes, thrown } = await write([delivery])
    expect(outcomes).toEqual([])
    expect(codeOf(thrown)).toBe('PLAN_MODE')
    await readBack([delivery])
    expect(await names('..')).toEqual([])
    expect(root).toBeTruthy()
  })
})

describe('a share that is not mounted', () => {
  test('is not written to: the order waits instead of vanishing below the mount point', async () => {
    const { write, names, put } = await world({ mustExist: '.mounted' })
    const delivery = deliveryOf(anOrder())
    const { outcomes, thrown } = await write([delivery])
    expect(outcomes).toEqual([])
    expect(codeOf(thrown)).toBe('UPSTREAM_UNAVAILABLE')
    expect(await names('orders')).toEqual([])
    await put('.mounted', '')
    expect((await write([delivery])).outcomes).toMatchObject([{ is: 'done' }])
  })
})
