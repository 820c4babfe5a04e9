import type { Instant } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { all, fetched, open, type Asked } from './support.ts'
import { order } from './order-json.ts'

const since = '2026-05-01T00:00:00Z' as Instant
const signal = AbortSignal.timeout(60_000)
const SEARCH = '/orders/2026-01-01/orders'
const searches = (asked: readonly Asked[]): Asked[] => asked.filter(({ path }) => path === SEARCH)

describe('reading orders', () => {
  it('asks one window to its end with the same parameters, and begins the next at the end Amazon named', async () => {
    await using shop = await open(({ path, query }) => {
      if (path !== SEARCH) return undefined
      const last = query['paginationToken'] === 'page-2'
      return {
        json: {
          orders: [order({ orderId: last ? '302-0000002-0000002' : '302-0000001-0000001' })],
          ...(last ? {} : { pagination: { nextToken: 'page-2' } }),
          lastUpdatedBefore: last ? '2026-06-01T11:59:00Z' : '2026-06-01T11:58:00Z',
        },
      }
    })
    const pages = await all(shop.connection.readers.orders.read({ since, signal }))
    expect(pages.map(({ records }) => records.map(({ id }) => id))).toEqual([
      ['302-0000001-0000001'],
      ['302-0000002-0000002'],
    ])
    expect(pages.at(-1)?.checkpoint).toEqual({ after: '2026-06-01T11:58:00.000Z' })
    const [first, second] = searches(shop.asked)
    expect(second?.query).toEqual({ ...first?.query, paginationToken: 'page-2' })
    expect(first?.query).toMatchObject({ lastUpdatedAfter: '2026-05-01T00:00:00.000Z' })
    expect(first?.query['includedData']?.split(',')).toContain('RECIPIENT')
    expect(first?.headers.get('x-amz-date')).toBe('20260601T120000Z')
    expect(first?.headers.get('user-agent')).toContain('Kontor')
    expect(first?.headers.get('x-amz-access-token')).toMatch(/^Atza\|/)
    expect(first?.headers.get('content-type')).toBeNull()
    const next = await all(
      shop.connection.readers.orders.read({
        since,
        signal,
        checkpoint: { after: '2026-06-01T11:58:00.000Z' as Instant },
      }),
    )
    expect(next).toHaveLength(2)
    expect(searches(shop.asked)[2]?.query['lastUpdatedAfter']).toBe('2026-06-01T11:53:00.000Z')
  })

  it('goes on at a page of less than a day ago, and reads the window anew after that', async () => {
    await using shop = await open(({ path }) =>
      path === SEARCH ? { json: { orders: [order()], lastUpdatedBefore: '2026-06-01T11:58:00Z' } } : undefined,
    )
    const page = {
      token: 'page-9',
      from: '2026-05-10T00:00:00.000Z' as Instant,
      upTo: '2026-05-31T12:00:00.000Z' as Instant,
      at: '2026-06-01T00:00:00.000Z' as Instant,
    }
    const checkpoint = { after: '2026-05-10T00:05:00.000Z' as Instant, page }
    const pages = await all(shop.connection.readers.orders.read({ since, signal, checkpoint }))
    expect(searches(shop.asked)[0]?.query).toMatchObject({ paginationToken: 'page-9', lastUpdatedAfter: page.from })
    expect(pages[0]?.checkpoint).toEqual({ after: page.upTo })
    // That window was opened half a day ago: what has changed since comes with the same reading.
    expect(searches(shop.asked)[1]?.query).not.toHaveProperty('paginationToken')
    expect(searches(shop.asked)[1]?.query['lastUpdatedAfter']).toBe('2026-05-31T11:55:00.000Z')
    expect(pages.at(-1)?.checkpoint).toEqual({ after: '2026-06-01T11:58:00.000Z' })
    await all(
      shop.connection.readers.orders.read({
        since,
        signal,
        checkpoint: { ...checkpoint, page: { ...page, at: '2026-05-31T00:00:00.000Z' as Instant } },
      }),
    )
    expect(searches(shop.asked)[2]?.query).not.toHaveProperty('paginationToken')
    expect(searches(shop.asked)[2]?.query['lastUpdatedAfter']).toBe('2026-05-10T00:00:00.000Z')
  })

  it('ends at a token that repeats', async () => {
    await using shop = await open(({ path }) =>
      path === SEARCH
        ? { json: { orders: [order()], pagination: { nextToken: 'same' }, lastUpdatedBefore: '2026-06-01T11:58:00Z' } }
        : undefined,
    )
    expect(await all(shop.connection.readers.orders.read({ since, signal }))).toHaveLength(2)
  })

  it('ends the run when the bucket is empty, and says when it goes on', async () => {
    let calls = 0
    await using shop = await open(({ path }) => {
      if (path !== SEARCH) return undefined
      calls += 1
      return {
        json: { orders: [], pagination: { nextToken: `page-${calls}` }, lastUpdatedBefore: '2026-06-01T11:58:00Z' },
      }
    })
    const pages = await all(shop.connection.readers.orders.read({ since, signal }))
    // Twenty calls are in the bucket; the next token takes 178.6 seconds.
    expect(calls).toBe(20)
    expect(pages.at(-1)).toMatchObject({
      records: [],
      checkpoint: { page: { token: 'page-20' } },
      resumeAt: '2026-06-01T12:02:58.572Z',
    })
  })

  it('asks once more without buyers where the role is missing, says so once, and check tells it', async () => {
    await using shop = await open(({ path, query }) => {
      if (path === '/sellers/v1/marketplaceParticipations')
        return {
          json: {
            payload: [
              {
                marketplace: { id: 'A1PA6795UKMFR9' },
                participation: { isParticipating: true, hasSuspendedListings: false },
              },
            ],
          },
        }
      if (path !== SEARCH) return undefined
      return query['includedData']?.includes('RECIPIENT')
        ? {
            status: 403,
            json: { errors: [{ code: 'Unauthorized', message: 'Access to requested resource is denied.' }] },
          }
        : { json: { orders: [order({ recipient: undefined })], lastUpdatedBefore: '2026-06-01T11:58:00Z' } }
    })
    await all(shop.connection.readers.orders.read({ since, signal }))
    await all(shop.connection.readers.orders.read({ since, signal }))
    expect(searches(shop.asked).map(({ query }) => query['includedData']?.includes('RECIPIENT'))).toEqual([
      true,
      false,
      false,
    ])
    const { problems, account } = await shop.connection.check(signal)
    expect(account).toBe('A1EXAMPLE00000@eu')
    expect(problems.map(({ message }) => message).join('\n')).toContain('Direct-to-Consumer Delivery')
  })

  it('leaves out multi-channel orders, rejects what it cannot read, and keeps its neighbours', async () => {
    await using shop = await open(({ path }) =>
      path === SEARCH
        ? {
            json: {
              orders: [
                order(),
                order({ orderId: '302-0000002-0000002', salesChannel: { channelName: 'NON_AMAZON' } }),
                order({ orderId: '302-0000003-0000003', orderItems: [{ quantityOrdered: 1 }] }),
              ],
              lastUpdatedBefore: '2026-06-01T11:58:00Z',
            },
          }
        : undefined,
    )
    const [page] = await all(shop.connection.readers.orders.read({ since, signal }))
    expect(page?.records.map(({ id }) => id)).toEqual(['302-0000001-0000001'])
    expect(page?.rejected).toMatchObject([
      { ref: { entity: 'orders', id: '302-0000003-0000003' }, path: 'orderItems.0.orderItemId' },
    ])
  })

  it('reads single orders, and leaves out those that have vanished', async () => {
    await using shop = await open(({ path }) =>
      path === `${SEARCH}/302-0000001-0000001` ? { json: { order: order() } } : undefined,
    )
    const refs = ['302-0000001-0000001', '302-9999999-9999999'].map((id) => ({ entity: 'orders' as const, id }))
    const found = await all(fetched(shop.connection.readers.orders, refs))
    expect(found.flatMap(({ records }) => records.map(({ id }) => id))).toEqual(['302-0000001-0000001'])
  })

  it('names marketplaces and fulfilment only where the configuration does', async () => {
    await using shop = await open(
      ({ path }) => (path === SEARCH ? { json: { orders: [], lastUpdatedBefore: '2026-06-01T11:58:00Z' } } : undefined),
      { marketplaces: ['DE', 'FR'], fba: 'skip' },
    )
    await all(shop.connection.readers.orders.read({ since, until: '2026-05-20T00:00:00Z' as Instant, signal }))
    expect(searches(shop.asked)[0]?.query).toMatchObject({
      marketplaceIds: 'A1PA6795UKMFR9,A13V1IB3VIYZZH',
      fulfilledBy: 'MERCHANT',
      lastUpdatedBefore: '2026-05-20T00:00:00Z',
    })
  })
})
