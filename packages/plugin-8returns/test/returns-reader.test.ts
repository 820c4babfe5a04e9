import { describe, expect, it } from 'vitest'
import { openPortal, since } from './portal.ts'

const hours = (count: number): number => count * 3_600_000
const ids = (records: readonly { id: string }[]): string[] => records.map(({ id }) => id).toSorted()

describe('reading returns newest change first', () => {
  it('tells every return once, over several pages', async () => {
    await using world = await openPortal({ options: { returns: 23 }, config: { pageSize: 5 } })
    const { records, pages } = await world.read()
    expect(ids(records)).toEqual(ids([...world.portal.world.returns.values()].map(({ id }) => ({ id: String(id) }))))
    expect(pages).toHaveLength(5)
  })

  it('reads on from where it stopped: one page is enough when nothing changed', async () => {
    await using world = await openPortal({ options: { returns: 23 }, config: { pageSize: 5 } })
    const first = await world.read()
    const before = world.portal.exchanges.all.length
    const second = await world.read(first.checkpoint)
    expect(world.portal.exchanges.all.length - before).toBe(1)
    expect(second.records.length).toBeLessThanOrEqual(1)
  })

  it('tells a return that changed since', async () => {
    await using world = await openPortal({ options: { returns: 23 }, config: { pageSize: 5 } })
    const first = await world.read()
    await world.portal.clock.advance(hours(5))
    world.portal.act('arrive', { id: 900_105 })
    const { records } = await world.read(first.checkpoint)
    expect(records.find(({ id }) => id === '900105')?.logistics).toEqual({ value: 'received' })
  })

  it('loses nothing when rows move between pages during the scan', async () => {
    await using world = await openPortal({ options: { returns: 30, moves: 2 }, config: { pageSize: 4 } })
    const last = new Map<string, string>()
    const note = (records: readonly { id: string; version?: string | undefined }[]): void => {
      for (const { id, version } of records) last.set(id, version ?? '')
    }
    await world.portal.clock.advance(hours(1))
    const first = await world.read()
    note(first.records)
    Object.assign(world.portal.options, { moves: 0 })
    const second = await world.read(first.checkpoint)
    note(second.records)
    const truth = [...world.portal.world.returns.values()].map(({ id, updated }) => [String(id), updated])
    expect(Object.fromEntries([...last].map(([id, version]) => [id, Date.parse(version)]))).toEqual(
      Object.fromEntries(truth),
    )
  })

  it('keeps the greatest change of page 1 as the high water, and only after the last page', async () => {
    await using world = await openPortal({ options: { returns: 9 }, config: { pageSize: 4 } })
    const { pages } = await world.read()
    expect(pages.slice(0, -1).map(({ checkpoint }) => checkpoint.highWater)).toEqual([undefined, undefined])
    const newest = Math.max(...[...world.portal.world.returns.values()].map(({ updated }) => updated))
    expect(Date.parse(pages.at(-1)?.checkpoint.highWater ?? '')).toBe(newest)
  })

  it('begins at `since` when there is no checkpoint, and does not read what is older', async () => {
    await using world = await openPortal({ options: { returns: 40 }, config: { pageSize: 5 } })
    const { records, pages } = await world.read(
      undefined,
      new Date(world.portal.clock.now() - hours(7.5)).toISOString(),
    )
    expect(records).toHaveLength(7)
    expect(pages).toHaveLength(2)
  })

  it('goes on from a scan that was cut off, at any age', async () => {
    await using world = await openPortal({ options: { returns: 20 }, config: { pageSize: 5 } })
    const { pages } = await world.read()
    const cut = pages.slice(0, 2)
    await world.portal.clock.advance(hours(50))
    world.portal.act('touch', { id: 900_101 })
    const rest = await world.read(cut.at(-1)?.checkpoint)
    const next = await world.read(rest.checkpoint)
    const all = [...cut.flatMap(({ records }) => records), ...rest.records, ...next.records]
    expect(new Set(ids(all)).size).toBe(20)
  })

  it('stops at `maxPages` and goes on with the next run', async () => {
    await using world = await openPortal({ options: { returns: 20 }, config: { pageSize: 5, maxPages: 3 } })
    const first = await world.read()
    expect(first.pages.at(-1)?.resumeAt).toBeDefined()
    expect(first.checkpoint?.highWater).toBeUndefined()
    const second = await world.read(first.checkpoint)
    expect(new Set(ids([...first.records, ...second.records])).size).toBe(20)
    expect(second.checkpoint?.highWater).toBeDefined()
  })

  it('reads times without a zone in the one of the configuration, and says so', async () => {
    await using world = await openPortal({ options: { returns: 1, times: 'zoneless' } })
    const { records, checkpoint } = await world.read()
    const [one] = [...world.portal.world.returns.values()]
    expect(Date.parse(records[0]?.updatedAt ?? '')).toBe(Math.floor((one?.updated ?? 0) / 1000) * 1000)
    expect(records[0]?.flags).toContain('zone-assumed')
    expect(world.warnings).toEqual([])
    expect((await world.read(checkpoint)).pages).toHaveLength(1)
  })
})

describe('a list in another order', () => {
  it('is read whole, and said so', async () => {
    await using world = await openPortal({ options: { returns: 23, sort: 'ignored' }, config: { pageSize: 5 } })
    const { records } = await world.read()
    expect(new Set(ids(records)).size).toBe(23)
    expect(world.warnings.join()).toContain('SORT_NOT_HONOURED')
  })

  it('still tells what changed on its last page', async () => {
    await using world = await openPortal({ options: { returns: 23, sort: 'ignored' }, config: { pageSize: 5 } })
    const first = await world.read()
    await world.portal.clock.advance(hours(5))
    world.portal.act('arrive', { id: 900_123 })
    const { records } = await world.read(first.checkpoint)
    expect(ids(records)).toContain('900123')
  })

  it('is read again where some of what it counts did not come', async () => {
    await using world = await openPortal({ options: { returns: 20, sort: 'ignored' }, config: { pageSize: 5 } })
    const skipped = world.portal.world.returns.get(900_108)
    // A return vanishes while pages 2 and 3 are read, so that a row slips over their border, and comes back.
    let lists = 0
    const clockTick = world.portal.clock.every(100, () => {
      lists = world.portal.exchanges.all.length
      if (lists === 3 && skipped !== undefined) world.portal.world.returns.delete(skipped.id)
      if (lists === 4 && skipped !== undefined) world.portal.world.returns.set(skipped.id, skipped)
    })
    const { records } = await world.read()
    clockTick.cancel()
    expect(new Set(ids(records)).size).toBe(20)
  })

  it('is swept from time to time, in case it only looked ordered', async () => {
    await using world = await openPortal({ options: { returns: 12 }, config: { pageSize: 5, sweepEvery: '1d' } })
    const first = await world.read()
    await world.portal.clock.advance(hours(25))
    const { pages, checkpoint } = await world.read(first.checkpoint)
    expect(pages).toHaveLength(3)
    expect(checkpoint?.sweptAt).toBe(world.portal.clock.now())
  })
})

describe('a list with other pages than asked for', () => {
  it.each([
    ['without counters', { counters: false }, 5],
    ['with fewer rows a page than asked for', { largestPage: 3 }, 50],
    ['with fewer rows and no counters', { counters: false, largestPage: 3 }, 50],
  ])('is read to its end: %s', async (_title, options, pageSize) => {
    await using world = await openPortal({ options: { returns: 14, ...options }, config: { pageSize } })
    expect(new Set(ids((await world.read()).records)).size).toBe(14)
  })

  it.each([[true], [false]])('stops without a high water where pages do not turn (counters: %s)', async (counters) => {
    await using world = await openPortal({
      options: { returns: 14, paging: 'ignored', counters },
      config: { pageSize: 5 },
    })
    await expect(world.read()).rejects.toMatchObject({ code: 'WIRE_MISMATCH', path: 'page' })
  })

  it('is empty, and that is fine', async () => {
    await using world = await openPortal()
    expect(await world.read()).toMatchObject({ records: [], rejected: [] })
  })
})

describe('what comes in', () => {
  it('rejects one return that cannot be read, and its neighbours arrive', async () => {
    await using world = await openPortal({ options: { returns: 5 } })
    const one = world.portal.world.returns.get(900_103)
    if (one !== undefined) one.broken = { items: 'none' }
    const { records, rejected } = await world.read()
    expect(records).toHaveLength(4)
    expect(rejected).toMatchObject([
      { ref: { entity: 'returns', id: '900103' }, path: 'items', error: { code: 'RECORD_INVALID' } },
    ])
  })

  it('tells a return without a change time, and does not call the list unordered for it', async () => {
    await using world = await openPortal({ options: { returns: 5 } })
    const one = world.portal.world.returns.get(900_103)
    if (one !== undefined) one.broken = { updated_at: null }
    expect((await world.read()).records).toHaveLength(5)
    expect(world.warnings).toEqual([])
  })

  it('leaves the export flag out of everything that decides: it flips on reading', async () => {
    await using world = await openPortal({ options: { returns: 2 } })
    const first = await world.read()
    expect(first.records.map(({ extensions }) => extensions?.['8returns.fetchedViaApi'])).toEqual([false, false])
    expect((await world.read(first.checkpoint)).records[0]?.extensions?.['8returns.fetchedViaApi']).toBe(true)
  })

  it('answers a web page on the list with ENDPOINT_MISMATCH, and 502 with a repetition', async () => {
    await using world = await openPortal({ options: { returns: 2 } })
    world.portal.faults.add({ match: { times: 1 }, do: 'html' })
    expect((await world.read()).records).toHaveLength(2)
    world.portal.faults.add({ match: {}, do: 'html', status: 200 })
    await expect(world.read()).rejects.toMatchObject({ code: 'ENDPOINT_MISMATCH' })
  })

  it('says what an error inside a 200 says', async () => {
    await using world = await openPortal({ options: { returns: 2 } })
    world.portal.faults.add({ match: {}, do: 'status', status: 200, body: { error: 'maintenance' } })
    await expect(world.read()).rejects.toMatchObject({
      code: 'WIRE_MISMATCH',
      message: expect.stringContaining('maintenance'),
    })
  })

  it('waits as long as a 429 says', async () => {
    await using world = await openPortal({ options: { returns: 2 } })
    world.portal.faults.add({ match: { times: 1 }, do: 'throttle', retryAfterSeconds: 20, form: 'seconds' })
    const before = world.portal.clock.now()
    expect((await world.read()).records).toHaveLength(2)
    expect(world.portal.clock.now() - before).toBeGreaterThanOrEqual(20_000)
  })
})

describe('one return by id', () => {
  it.each(['yes', 'no'] as const)(
    'comes, whether 8returns can be asked for one (%s) or only the list',
    async (single) => {
      await using world = await openPortal({ options: { returns: 8, single } })
      const { records } = await world.read(undefined, since)
      const [known] = records
      expect(await world.fetch({ id: known?.id ?? '', numbers: known?.numbers ?? [] })).toEqual([
        expect.objectContaining({ id: known?.id }),
      ])
    },
  )

  it('is left out only when the list does not know it either', async () => {
    await using world = await openPortal({ options: { returns: 3, single: 'no' } })
    expect(await world.fetch({ id: '1', numbers: ['R1'] })).toEqual([])
    const asked = world.portal.exchanges.all.map(({ query }) => query)
    expect(asked.some((query) => query.includes('s=R1'))).toBe(true)
  })

  it('is not taken for another one that the search finds', async () => {
    await using world = await openPortal({ options: { returns: 3, single: 'no' } })
    expect(await world.fetch({ id: '42', numbers: ['R5101'] })).toEqual([])
  })
})
