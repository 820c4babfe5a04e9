import { Order } from '@kontor/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, gather, openShop, since, startsAt } from './shop.ts'

const ids = (records: readonly { id: string }[]): string[] => [...new Set(records.map(({ id }) => id))].toSorted()

describe('reading orders', () => {
  it('brings every order of every state, those listed only on demand included, as valid records', async () => {
    await using shop = await openShop({ options: { orders: 120, odd: true } })
    const { records, rejected } = await shop.readAll()
    expect(ids(records)).toEqual([...shop.market.world.orders.keys()].map(String).toSorted())
    expect(rejected).toEqual([])
    for (const record of records) expect(Order.safeParse(record).error?.issues ?? []).toEqual([])
    expect(new Set(records.map(({ lifecycle }) => lifecycle?.source?.split(' ')[0]))).toEqual(
      new Set(['0', '10', '1', '3', '8', '9', '42']),
    )
    expect([shop.market.unknownRoutes, shop.market.failures]).toEqual([[], []])
  })

  it('asks by its own page numbers, 50 a page, and never follows `next`', async () => {
    await using shop = await openShop({ options: { orders: 120, odd: false } })
    await shop.readAll()
    const listed = shop.market.exchanges
      .find({ method: 'GET', path: '/ws/orders' })
      .map(({ query }) => new URLSearchParams(query))
    expect(listed.every((query) => query.get('page-size') === '50')).toBe(true)
    const pages = listed.filter((query) => query.get('state') === null).map((query) => Number(query.get('page')))
    expect(pages.length).toBeGreaterThan(1)
    expect(pages).toEqual(pages.map((_, index) => index + 1))
    expect(listed.map((query) => query.get('state'))).toEqual(expect.arrayContaining([null, '0', '8']))
    expect(shop.market.exchanges.all.every(({ path }) => path.startsWith('/ws/orders'))).toBe(true)
  })

  it('leaves out states 0 and 8 where the configuration says so', async () => {
    await using shop = await openShop({ options: { orders: 60 }, config: { unpaidOrders: 'skip' } })
    const { records } = await shop.readAll()
    expect(records.some(({ lifecycle }) => /^[08] /.test(lifecycle?.source ?? ''))).toBe(false)
    expect(shop.market.exchanges.all.every(({ query }) => !query.includes('state='))).toBe(true)
  })

  it.each(['404', 'empty'] as const)(
    'ends quietly where a page beyond the last is answered with %s',
    async (pastEnd) => {
      await using shop = await openShop({ options: { orders: 50, pastEnd, endlessNext: true } })
      expect(ids((await shop.readAll()).records)).toHaveLength(50)
      expect(shop.market.exchanges.all.map(({ query }) => new URLSearchParams(query).get('page'))).toContain('2')
    },
  )

  it('goes on three hours before the newest change it has read, and meets unchanged orders again without harm', async () => {
    await using shop = await openShop({ options: { orders: 30 } })
    const first = await shop.readAll()
    await shop.market.clock.advance(3_600_000)
    const placed = await shop.place()
    shop.market.exchanges.clear()
    const second = await shop.readAll(first.checkpoint)
    expect(ids(second.records)).toContain(placed.id)
    const from = new URLSearchParams(shop.market.exchanges.all[0]?.query).get('date_modification') ?? ''
    expect(Date.parse(from)).toBe(
      Math.floor((Date.parse(first.checkpoint?.modified ?? '') - 3 * 3_600_000) / 1000) * 1000,
    )
    expect(from).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Date.parse(second.checkpoint?.modified ?? '')).toBeGreaterThanOrEqual(
      Date.parse(first.checkpoint?.modified ?? ''),
    )
  })

  it('keeps the old mark until every page has come, so that an interrupted reading begins its window again', async () => {
    await using shop = await openShop({ options: { orders: 120 } })
    shop.market.faults.add({ match: { path: '/ws/orders?page=2' }, do: 'status', status: 400, body: '"broken"' })
    const pages: { checkpoint: { modified: string }; records: readonly { id: string }[] }[] = []
    const half = (async () => {
      for await (const page of shop.shop.readers.orders.read({ since })) pages.push(page)
    })()
    await expect(shop.market.drive(half)).rejects.toMatchObject({ code: 'REQUEST_REJECTED' })
    expect(pages).toHaveLength(1)
    expect(pages[0]?.checkpoint.modified).toBe(since)
    shop.market.faults.clear()
    const { records } = await shop.readAll(pages[0]?.checkpoint)
    expect(ids(records)).toHaveLength(120)
  })

  it('looks again in six hours at what is not paid, and only at that', async () => {
    await using shop = await openShop()
    const unpaid = await shop.place({ paid: false })
    await shop.place({ paid: true })
    const { look } = await shop.readAll()
    expect(look).toEqual([
      { ref: { entity: 'orders', id: unpaid.id }, at: '2026-05-10T14:00:00.000Z', reason: 'not paid yet' },
    ])
  })

  it('brings single orders by id and leaves out what Back Market does not know', async () => {
    await using shop = await openShop()
    const { id } = await shop.place()
    const refs = [
      { entity: 'orders' as const, id: '1' },
      { entity: 'orders' as const, id },
      { entity: 'orders' as const, id: 'no number' },
    ]
    const intakes = await shop.market.drive(
      collect(shop.shop.readers.orders.fetch?.(refs) ?? (async function* () {})()),
    )
    expect(intakes.flatMap(({ records }) => records.map((record) => record.id))).toEqual([id])
  })

  it('keeps to the countries of the connection, in the list and by id', async () => {
    await using shop = await openShop({
      options: { orders: 60, odd: false },
      config: { countries: ['de-de', 'fr-fr'] },
    })
    const { records } = await shop.readAll()
    expect(new Set(records.map(({ channel }) => channel?.market))).toEqual(new Set(['de-de', 'fr-fr']))
    const foreign = [...shop.market.world.orders.values()].find(({ market }) => market === 'es-es')
    const intakes = await shop.market.drive(
      collect(
        shop.shop.readers.orders.fetch?.([{ entity: 'orders', id: String(foreign?.id) }]) ?? (async function* () {})(),
      ),
    )
    expect(intakes.flatMap((intake) => intake.records)).toEqual([])
  })

  it('asks for one country by the filter of the API', async () => {
    await using shop = await openShop({ options: { orders: 30 }, config: { countries: ['de-de'] } })
    await shop.readAll()
    expect(shop.market.exchanges.all.every(({ query }) => query.includes('country_code=de-de'))).toBe(true)
  })

  it('waits out a burst that Back Market blocks, and loses nothing', async () => {
    await using shop = await openShop({ options: { orders: 120 } })
    shop.market.faults.add({
      match: { path: '/ws/orders', every: 2, times: 2 },
      do: 'throttle',
      body: '<html>error code: 1015</html>',
      headers: { 'content-type': 'text/html' },
    })
    const { records } = await shop.readAll()
    expect(ids(records)).toHaveLength(120)
  })

  it('turns an order it cannot read into a rejection with its path; its neighbours arrive', async () => {
    await using shop = await openShop({ options: { orders: 3, odd: false } })
    const [first] = shop.market.world.orders.values()
    const line = first?.lines[0]
    if (first === undefined || line === undefined) throw new Error('no order')
    Object.assign(line, { quantity: 'two' })
    const { records, rejected } = await shop.readAll()
    expect(ids(records)).toHaveLength(2)
    expect(rejected).toMatchObject([
      {
        ref: { entity: 'orders', id: String(first.id) },
        path: 'orderlines.0.quantity',
        error: { code: 'RECORD_INVALID' },
      },
    ])
    expect(JSON.stringify(rejected[0]?.error)).not.toContain(first.person.email)
  })

  it('never skips an order, whatever is modified, placed or paid between two pages', async () => {
    const change = fc.record({
      page: fc.integer({ min: 1, max: 6 }),
      which: fc.nat(400),
      how: fc.constantFrom('touch-order', 'pay-order', 'place-order'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 12 }),
        fc.constantFrom('modified', 'created', 'newest'),
        async (changes, sort) => {
          await using shop = await openShop({ options: { orders: 130, days: 40, sort } })
          const { market } = shop
          const all = [...market.world.orders.keys()]
          let pages = 0
          const seen: string[] = []
          const reading = (async () => {
            for await (const page of shop.shop.readers.orders.read({ since })) {
              pages += 1
              seen.push(...page.records.map(({ id }) => id))
              await market.clock.advance(1000)
              for (const { which, how } of changes.filter((each) => each.page === pages))
                market.act(how, how === 'place-order' ? {} : { order: all[which % all.length] })
              if (page.checkpoint.modified !== since) return page.checkpoint
            }
            return undefined
          })()
          const checkpoint = await market.drive(reading)
          const next = gather(await market.drive(collect(shop.shop.readers.orders.read({ since, checkpoint }))))
          const brought = new Set([...seen, ...next.records.map(({ id }) => id)])
          expect([...market.world.orders.keys()].filter((id) => !brought.has(String(id)))).toEqual([])
        },
      ),
      { numRuns: 20 },
    )
  }, 60_000)
})

describe('the start of reading', () => {
  it('begins at `since` without a checkpoint', async () => {
    await using shop = await openShop({ options: { orders: 40, days: 20 } })
    const recent = '2026-05-08T00:00:00Z'
    const { records } = gather(await shop.market.drive(collect(shop.shop.readers.orders.read({ since: recent }))))
    expect(records.length).toBeGreaterThan(0)
    expect(records.every(({ updatedAt }) => (updatedAt ?? '') >= recent.slice(0, 19))).toBe(true)
    expect(startsAt > recent).toBe(true)
  })
})
