import { toInstant, type Decision, type Instant, type Order, type Page, type Refund } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RefundsCheckpoint, ReturnsCheckpoint } from '../src/readers/index.ts'
import { errorsIn, returnRowsOf, toFeed, toReturn } from '../src/mapping/index.ts'
import { returnReason } from '../src/tables/index.ts'
import { openShop } from './shop.ts'
import { all, delivery, fetched, outcomeOf, readBack } from './support.ts'

const signal = AbortSignal.timeout(60_000)
const Made = z.object({ id: z.string() })
const minute = 60_000
const day = 1440 * minute
type Shop = Awaited<ReturnType<typeof openShop>>
const sinceOf = ({ shop }: Shop): Instant => toInstant(shop.clock.now() - day)

const place = ({ shop }: Shop, given: object = {}): string => Made.parse(shop.act('place-order', given)).id
async function orderAt(open: Shop, id: string): Promise<Order> {
  const [found] = await all(fetched(open.connection.readers.orders, [{ entity: 'orders', id }]))
  const [order] = found?.records ?? []
  if (order === undefined) throw new RangeError('the plugin does not read this order')
  return order
}

/** Runs a reader as a runner would: where it says that it goes on later, later. */
async function readOut<E extends 'returns' | 'refunds'>(
  { shop }: Shop,
  read: (checkpoint: unknown) => AsyncIterable<Page<E>>,
): Promise<Page<E>['records'][number][]> {
  const records: Page<E>['records'][number][] = []
  let checkpoint: unknown
  for (let round = 0; round < 20; round += 1) {
    let resumeAt: Instant | undefined
    for await (const page of read(checkpoint)) {
      records.push(...page.records)
      checkpoint = page.checkpoint
      resumeAt = page.resumeAt
    }
    if (resumeAt === undefined) return records
    await shop.clock.advance(Math.max(0, Date.parse(resumeAt) - shop.clock.now()))
  }
  throw new RangeError('it asked twenty times to be resumed')
}

const returnsOf = (open: Shop, since = sinceOf(open)) =>
  readOut<'returns'>(open, (checkpoint) =>
    open.connection.readers.returns.read({
      since,
      signal,
      ...(checkpoint ? { checkpoint: ReturnsCheckpoint.parse(checkpoint) } : {}),
    }),
  )

describe('returns', () => {
  it('come with a report that is asked for, waited for and fetched, umlauts and all', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const order = place(open, { status: 'SHIPPED', lines: [{ sku: 'Größe 42 & mehr', quantity: 2, unit: 1500 }] })
    const rma = Made.parse(open.shop.act('return', { order, delivered: true })).id
    await open.shop.clock.advance(5 * minute)
    expect(await returnsOf(open)).toMatchObject([
      {
        id: rma,
        about: { entity: 'orders', id: order },
        lifecycle: { value: 'approved', source: 'Approved' },
        logistics: { value: 'delivered' },
        requestedAt: '2026-06-01T00:00:00.000Z',
        flags: ['day-zone-assumed'],
        lines: [
          {
            sku: 'Größe 42 & mehr',
            quantity: { requested: 1 },
            reason: { value: 'size_too_small', source: 'AMZ-PG-WJ-TOO-SMALL' },
            requestedResolution: { value: 'refund' },
          },
        ],
      },
    ])
    expect([open.shop.unknownRoutes, open.shop.failures]).toEqual([[], []])
  })

  it('are none where Amazon cancels the report, and a report that fails is asked for again', async () => {
    await using empty = await openShop({ options: { orders: 0, emptyReport: 'CANCELLED' } })
    expect(await returnsOf(empty)).toEqual([])
    await using broken = await openShop({ options: { orders: 0, reportEnd: 'FATAL' } })
    await expect(returnsOf(broken)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
  })

  it('of many months are read in windows of less than sixty days', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const rmas: string[] = []
    for (let month = 0; month < 5; month++) {
      rmas.push(Made.parse(open.shop.act('return', { order: place(open, { status: 'SHIPPED' }) })).id)
      await open.shop.clock.advance(30 * day)
    }
    const found = await returnsOf(open, toInstant(open.shop.clock.now() - 160 * day))
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(rmas))
  })

  it('are known by the names of their columns, and never by their places', () => {
    const [row] = returnRowsOf(
      'Merchant SKU\tAmazon RMA ID\tOrder ID\tReturn quantity\tReturn request date\tReturn request status\r\nA-1\tDx1RRMA\t302-1\t2\t03-Jul-2025\tDeclined\r\n',
    )
    expect(row && toReturn([row])).toMatchObject({
      id: 'Dx1RRMA',
      lifecycle: { value: 'rejected' },
      requestedAt: '2025-07-03T00:00:00.000Z',
      lines: [{ id: 'A-1', quantity: { requested: 2 } }],
    })
    expect(() => returnRowsOf('Bestellnummer\tMenge\n1\t2')).toThrow('lacks the columns')
  })

  it.each([
    ['CR-DEFECTIVE', 'defective'],
    ['AMZ-PG-APP-TOO-LARGE', 'size_too_large'],
    ['CR-ORDERED_WRONG_ITEM', 'changed_mind'],
    ['CR-SWITCHEROO', 'wrong_item'],
    ['CR-SOMETHING-NEW', 'unknown'],
  ])('for %s are %s', (word, reason) => {
    expect(returnReason(word)).toBe(reason)
  })
})

describe('refunds', () => {
  const refundsOf = (open: Shop, since = sinceOf(open)) =>
    readOut<'refunds'>(open, (checkpoint) =>
      open.connection.readers.refunds.read({
        since,
        signal,
        ...(checkpoint ? { checkpoint: RefundsCheckpoint.parse(checkpoint) } : {}),
      }),
    )

  it('are read with what the buyer got, positive and exact; one that is released is the same one', async () => {
    await using open = await openShop({ options: { orders: 0, emptyPages: true, pageOfTransactions: 1 } })
    const order = place(open, { status: 'SHIPPED', lines: [{ sku: 'MUG-RED', quantity: 3, unit: 1999 }] })
    const refund = (status: string): string =>
      Made.parse(open.shop.act('refund', { order, status, lines: [{ sku: 'MUG-RED', amount: 1999 }] })).id
    const [first, second] = [refund('DEFERRED'), refund('RELEASED')]
    open.shop.act('release-refund', { id: first })
    await open.shop.clock.advance(5 * minute)
    const found = await refundsOf(open)
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([first, second]))
    expect(found.find(({ id }) => id === first)).toMatchObject({
      about: { entity: 'orders', id: order },
      total: { amount: '19.99', currency: 'EUR' },
      lines: [{ sku: 'MUG-RED', quantity: 1, amount: { amount: '19.99' } }],
      status: { value: 'done' },
    })
  })

  it('of more than 180 days are read in short windows: a long one would be empty', async () => {
    await using open = await openShop({ options: { orders: 0, secretDays: 0 } })
    const ids: string[] = []
    for (let month = 0; month < 8; month++) {
      ids.push(Made.parse(open.shop.act('refund', { order: place(open, { status: 'SHIPPED' }) })).id)
      await open.shop.clock.advance(30 * day)
    }
    const found = await refundsOf(open, toInstant(open.shop.clock.now() - 250 * day))
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids))
  })

  const wish = (id: string, more: Partial<Refund> = {}): Refund => ({
    entity: 'refunds',
    id: `refund-${id}`,
    about: { entity: 'orders', id },
    lines: [
      {
        sku: 'MUG-RED',
        quantity: 1,
        amount: { amount: '19.99', currency: 'EUR' },
        shipping: { amount: '1.00', currency: 'EUR' },
      },
    ],
    reason: { value: 'return' },
    ...more,
  })

  it('are paid by one feed for all, each once, and the report tells of each', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const { refunds } = open.connection.writers
    const lines = [{ sku: 'MUG-RED', quantity: 2, unit: 1999, shipping: 300 }]
    const [good, unpaid] = [place(open, { status: 'SHIPPED', lines }), place(open, { status: 'SHIPPED', lines })]
    const batch = [
      delivery<'refunds'>(wish(good), { order: await orderAt(open, good) }),
      delivery<'refunds'>(
        wish(unpaid, { lines: [{ sku: 'MUG-RED', amount: { amount: '999.00', currency: 'EUR' } }] }),
        { order: await orderAt(open, unpaid) },
      ),
    ]
    const outcomes = await all(refunds.write(batch, signal))
    expect(outcomeOf(outcomes)).toEqual(['sent', 'sent'])
    expect(open.shop.truth.count('feed')).toBe(1)
    const at = toInstant(open.shop.clock.now())
    const sent = outcomes.flatMap((outcome, index) => {
      const one = batch[index]
      return outcome.is === 'sent' && one
        ? [{ ...one, sent: { at, ticket: outcome.ticket ?? '', item: outcome.item ?? '' } }]
        : []
    })
    expect(outcomeOf(await readBack(refunds, sent))).toEqual(['sent', 'sent'])
    await open.shop.clock.advance(5 * minute)
    const settled = await readBack(refunds, sent)
    expect(outcomeOf(settled)).toEqual(['done', 'refused REQUEST_REJECTED'])
    // Its transaction may come two days later, under an id of its own: what it will say is told.
    expect(settled[0]).toMatchObject({
      reference: expect.stringMatching(/^feed \d+\/1: \d+=20\.99 EUR$/),
      echo: {
        since: '2026-06-01T12:00:00.000Z',
        until: '2026-06-05T12:00:00.000Z',
        lines: [{ sku: 'MUG-RED', amount: { amount: '20.99', currency: 'EUR' } }],
      },
    })
    expect((await refundsOf(open))[0]?.lines).toMatchObject([{ sku: 'MUG-RED', amount: { amount: '20.99' } }])
    expect(open.shop.truth.byKey('refund').get(good)).toMatchObject([{ detail: { amount: 2099 } }])
    // In doubt: a feed has come to Amazon since, so nobody can say that nothing was paid.
    expect(
      await readBack(
        refunds,
        batch.map((one) => ({ ...one, sent: { at } })),
      ),
    ).toEqual([])
    await open.shop.clock.advance(day)
    const later = toInstant(open.shop.clock.now())
    expect(
      outcomeOf(
        await readBack(
          refunds,
          batch.map((one) => ({ ...one, sent: { at: later } })),
        ),
      ),
    ).toEqual(['absent', 'absent'])
  })

  it('that were paid and then say something else are never paid again', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const { refunds } = open.connection.writers
    const id = place(open, { status: 'SHIPPED', lines: [{ sku: 'MUG-RED', quantity: 2, unit: 1999, shipping: 300 }] })
    const order = await orderAt(open, id)
    const first = delivery<'refunds'>(wish(id), { order })
    const [sent] = await all(refunds.write([first], signal))
    if (sent?.is !== 'sent') throw new RangeError('it is sent')
    await open.shop.clock.advance(5 * minute)
    const at = toInstant(open.shop.clock.now())
    const [done] = await readBack(refunds, [
      { ...first, sent: { at, ticket: sent.ticket ?? '', item: sent.item ?? '' } },
    ])
    const known = done?.is === 'done' && done.reference ? { reference: done.reference } : {}
    const again = async (more: Partial<Refund>) =>
      outcomeOf(await all(refunds.write([{ ...delivery<'refunds'>(wish(id, more), { order }), known }], signal)))
    expect(await again({ reason: { value: 'goodwill' } })).toEqual(['already'])
    expect(await again({ lines: [{ sku: 'MUG-RED', amount: { amount: '25.00', currency: 'EUR' } }] })).toEqual([
      'refused ALREADY_DIFFERENT',
    ])
    expect(await again({ status: { value: 'failed' } })).toEqual(['refused ALREADY_DIFFERENT'])
    expect(open.shop.truth.count('refund')).toBe(1)
  })

  it('say that Amazon may add the tax where it comes on top, and nothing where the SKU is not known', async () => {
    await using open = await openShop({ options: { orders: 0, region: 'na' }, config: { region: 'na' } })
    const { refunds } = open.connection.writers
    const id = place(open, { status: 'SHIPPED', lines: [{ sku: 'MUG-RED', quantity: 2, unit: 1999 }] })
    const order = await orderAt(open, id)
    const usd = (amount: string) => ({ amount, currency: 'USD' })
    const echoes = async (more: Partial<Refund>, of = order) =>
      (await all(refunds.write([delivery<'refunds'>(wish(id, more), { order: of })], signal))).map(
        ({ echo }) => echo?.lines,
      )
    expect(await echoes({ lines: [{ sku: 'MUG-RED', amount: usd('10.00') }] })).toEqual([
      [{ sku: 'MUG-RED', amount: usd('10.00'), taxOnTop: true }],
    ])
    expect(await echoes({ lines: [{ sku: 'MUG-RED', amount: usd('10.00'), tax: usd('0.80') }] })).toEqual([
      [{ sku: 'MUG-RED', amount: usd('10.80') }],
    ])
    const nameless = { ...order, lines: (order.lines ?? []).map((line) => ({ ...line, sku: null })) }
    expect(await echoes({ lines: [{ lineId: order.lines?.[0]?.id, amount: usd('10.00') }] }, nameless)).toEqual([[]])
  })

  it('of a feed that ended without a word about each are in doubt', async () => {
    await using open = await openShop({ options: { orders: 0, feedEnd: 'FATAL' } })
    const { refunds } = open.connection.writers
    const id = place(open, { status: 'SHIPPED', lines: [{ sku: 'MUG-RED', quantity: 2, unit: 1999, shipping: 300 }] })
    const one = delivery<'refunds'>(wish(id), { order: await orderAt(open, id) })
    const [sent] = await all(refunds.write([one], signal))
    if (sent?.is !== 'sent') throw new RangeError('it is sent')
    await open.shop.clock.advance(5 * minute)
    const at = toInstant(open.shop.clock.now())
    expect(
      outcomeOf(await readBack(refunds, [{ ...one, sent: { at, ticket: sent.ticket ?? '', item: '1' } }])),
    ).toEqual(['refused IN_DOUBT'])
  })

  it.each<[string, Partial<Refund>, string]>([
    ['of an unknown line', { lines: [{ sku: 'NIX', quantity: 1 }] }, 'refused REQUEST_REJECTED'],
    [
      'without lines, of several',
      { lines: [], total: { amount: '5.00', currency: 'EUR' } },
      'refused REQUEST_REJECTED',
    ],
    ['that was declined', { status: { value: 'declined' } }, 'refused UNSUPPORTED'],
    [
      'of nothing',
      { lines: [{ sku: 'MUG-RED', amount: { amount: '0.00', currency: 'EUR' } }] },
      'refused REQUEST_REJECTED',
    ],
  ])('%s are not sent', async (_, more, expected) => {
    await using open = await openShop({ options: { orders: 0 } })
    const id = place(open, { status: 'SHIPPED', lines: [{ sku: 'MUG-RED' }, { sku: 'ZWEI' }] })
    const outcomes = await all(
      open.connection.writers.refunds.write(
        [delivery<'refunds'>(wish(id, more), { order: await orderAt(open, id) })],
        signal,
      ),
    )
    expect(outcomeOf(outcomes)).toEqual([expected])
    expect(open.shop.truth.count('feed')).toBe(0)
  })
})

describe('cancellations', () => {
  const decide = (id: string, more: Partial<Decision> = {}): Decision => ({
    entity: 'decisions',
    id: `d-${id}`,
    about: { entity: 'orders', id },
    decision: 'cancel',
    reason: { value: 'out_of_stock' },
    ...more,
  })

  it('go by feed, and what is cancelled, shipped, pending or of FBA is not sent', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const ids = {
      open: place(open),
      cancelled: place(open, { status: 'CANCELLED' }),
      shipped: place(open, { status: 'SHIPPED' }),
      pending: place(open, { status: 'PENDING' }),
      fba: place(open, { fulfilledBy: 'AMAZON' }),
    }
    const batch = []
    for (const id of Object.values(ids))
      batch.push(delivery<'decisions'>(decide(id), { order: await orderAt(open, id) }))
    batch.push(
      delivery<'decisions'>(decide(ids.open, { decision: 'accept' }), { order: await orderAt(open, ids.open) }),
    )
    const { decisions } = open.connection.writers
    const outcomes = await all(decisions.write(batch, signal))
    const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcomeOf([outcome])[0]]))
    expect(batch.map(({ key }) => byKey.get(key))).toEqual([
      'sent',
      'already',
      'refused ALREADY_DIFFERENT',
      'waiting NOT_YET',
      'refused UNSUPPORTED',
      'already',
    ])
    await open.shop.clock.advance(5 * minute)
    expect(open.shop.world.orders.get(ids.open)?.status).toBe('CANCELLED')
    const [first] = batch
    if (first === undefined) throw new RangeError('there is a first one')
    // Without a ticket the order itself tells.
    expect(
      outcomeOf(await readBack(decisions, [{ ...first, sent: { at: toInstant(open.shop.clock.now()) } }])),
    ).toEqual(['done'])
  })

  it('of some pieces of an item are refused, since Amazon cancels whole items', async () => {
    await using open = await openShop({ options: { orders: 0 } })
    const id = place(open, { lines: [{ sku: 'MUG-RED', quantity: 3 }] })
    const wish = delivery<'decisions'>(decide(id, { lines: [{ sku: 'MUG-RED', quantity: 1 }] }), {
      order: await orderAt(open, id),
    })
    expect(outcomeOf(await all(open.connection.writers.decisions.write([wish], signal)))).toEqual([
      'refused UNSUPPORTED',
    ])
  })
})

describe('the old feeds', () => {
  it('are XML whatever stands in a value, and their reports are read', () => {
    const feed = toFeed('A1', 'OrderAdjustment', [
      ['OrderAdjustment', [['AmazonOrderID', 'a<b>&"c"\u0000'], undefined]],
    ])
    expect(feed).toContain(
      '<MessageID>1</MessageID><OrderAdjustment><AmazonOrderID>a&lt;b&gt;&amp;&quot;c&quot;</AmazonOrderID></OrderAdjustment>',
    )
    const report =
      '<AmazonEnvelope><Message><ProcessingReport><Result><MessageID>2</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>18028</ResultMessageCode><ResultDescription>Not &lt;yet&gt; shipped</ResultDescription></Result><Result><MessageID>3</MessageID><ResultCode>Warning</ResultCode></Result></ProcessingReport></Message></AmazonEnvelope>'
    expect([...(errorsIn(report) ?? [])]).toEqual([['2', 'Not <yet> shipped (18028)']])
    expect(errorsIn('<html>')).toBeUndefined()
  })
})

describe('stock at Amazon', () => {
  it('is read as a place of its own, over all pages', async () => {
    await using open = await openShop({ options: { orders: 0, pageOfInventory: 2 }, config: { fbaLocation: 'fba-eu' } })
    for (const sku of ['F-1', 'F-2', 'F-3']) open.shop.act('create-listing', { sku, fba: true, quantity: 7 })
    const pages = await open.shop.drive(all(open.connection.readers.fbaStock.read({ since: sinceOf(open), signal })))
    const found = pages.flatMap(({ records }) => records)
    expect(found.find(({ sku }) => sku === 'F-2')).toMatchObject({
      id: 'F-2@fba-eu',
      available: 7,
      location: 'fba-eu',
      reserved: 2,
    })
    expect(found.length).toBeGreaterThanOrEqual(3)
  })

  it('begins anew where the token of a page has run out', async () => {
    await using open = await openShop({
      options: { orders: 0, pageOfInventory: 2 },
      faults: [
        {
          match: { path: '/fba/inventory/v1/summaries', nth: 2 },
          do: 'status',
          status: 400,
          body: JSON.stringify({ errors: [{ code: 'InvalidInput', message: 'The nextToken is expired' }] }),
        },
      ],
    })
    for (const sku of ['F-1', 'F-2', 'F-3']) open.shop.act('create-listing', { sku, fba: true })
    const pages = await open.shop.drive(all(open.connection.readers.fbaStock.read({ since: sinceOf(open), signal })))
    const skus = pages.flatMap(({ records }) => records.map(({ sku }) => sku))
    expect(skus.length).toBe(new Set(skus).size)
    expect(skus).toEqual(expect.arrayContaining(['F-1', 'F-2', 'F-3']))
  })
})
