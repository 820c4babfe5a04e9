import { Refund } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { all, fetched, openShop } from '../../test/shop.ts'

const since = '2026-05-01T00:00:00Z'
const Made = z.object({ id: z.number() })
const HOUR = 3_600_000
const ref = (id: unknown) => [{ entity: 'refunds' as const, id: String(Made.parse(id).id) }]

describe('the refunds reader', () => {
  it('reads refunds with tax and shipping, in the currency of their order', async () => {
    await using world = await openShop({ options: { orders: 0, currency: 'SEK' } })
    world.shop.act('place-order', { id: 1, lines: [{ sku: 'SKU-1', quantity: 2 }] })
    const line = world.shop.world.orders.get(1)?.lines[0]?.id
    world.shop.act('refund', { order: 1, lines: [{ id: line, quantity: 1 }], shipping: true })
    const [page] = await all(world.connection.readers.refunds.read({ since }))
    expect(page?.records).toMatchObject([
      {
        about: { entity: 'orders', id: '1' },
        status: { value: 'done' },
        destination: { value: 'original_payment', source: 'braintree' },
        lines: [{ lineId: String(line), quantity: 1 }],
        shipping: { amount: '4.90', currency: 'SEK' },
        total: { amount: '13.90', currency: 'SEK' },
      },
    ])
    for (const record of page?.records ?? []) expect(Refund.parse(record)).toEqual(record)
  })

  it('takes a refund back whose payment is declined afterwards, because it looks again', async () => {
    await using world = await openShop({ options: { orders: 1 } })
    const [order] = world.shop.world.orders.keys()
    const made = world.shop.act('refund', { order })
    const [page] = await all(world.connection.readers.refunds.read({ since }))
    expect(page?.records[0]?.status?.value).toBe('done')
    expect(page?.look).toMatchObject([{ at: '2026-06-01T12:15:00.000Z' }])
    world.shop.act('decline-refund', made)
    const [again] = await all(fetched(world.connection.readers.refunds, ref(made)))
    expect(again?.records[0]?.status?.value).toBe('declined')
    expect(again?.look).toEqual([])
  })

  it('looks ever more seldom, once more when the time is over, and then no more', async () => {
    await using world = await openShop({ options: { orders: 1 } })
    const [order] = world.shop.world.orders.keys()
    const made = world.shop.act('refund', { order })
    const next = async (): Promise<number> => {
      const [intake] = await all(fetched(world.connection.readers.refunds, ref(made)))
      const at = intake?.look?.[0]?.at
      return at === undefined ? 0 : Date.parse(at) - world.shop.clock.now()
    }
    const steps: number[] = []
    for (let step = await next(); step > 0; step = await next()) {
      steps.push(step / HOUR)
      await world.shop.clock.advance(step)
    }
    expect(steps.slice(0, 5)).toEqual([0.25, 0.25, 0.25, 0.25, 1])
    expect(steps.reduce((sum, step) => sum + step, 0)).toBe(72)
  })

  it('does not look again at what was paid outside, or declined already', async () => {
    await using world = await openShop({ options: { orders: 2 } })
    const [one, two] = world.shop.world.orders.keys()
    world.shop.act('refund', { order: one, offline: true, provider: 'storecredit' })
    world.shop.act('decline-refund', world.shop.act('refund', { order: two }))
    const [page] = await all(world.connection.readers.refunds.read({ since }))
    expect(page?.look).toEqual([])
    expect(page?.records[0]?.destination?.value).toBe('store_credit')
  })

  it('goes on at its checkpoint and asks for the currencies of its orders once, and together', async () => {
    await using world = await openShop({ options: { orders: 1 } })
    const [order] = world.shop.world.orders.keys()
    for (let index = 0; index < 120; index++) world.shop.act('refund', { order, amount: 1 })
    const pages = await all(world.connection.readers.refunds.read({ since }))
    expect(pages.flatMap(({ records }) => records).length).toBe(120)
    expect(world.shop.exchanges.all.filter(({ path }) => path.includes('/v2/orders/')).length).toBe(1)
    await world.shop.clock.advance(HOUR)
    const made = world.shop.act('refund', { order, amount: 1 })
    const next = await all(world.connection.readers.refunds.read({ since, checkpoint: pages.at(-1)?.checkpoint }))
    expect(next.flatMap(({ records }) => records.map(({ id }) => id))).toContain(ref(made)[0]?.id)
    const last = await all(world.connection.readers.refunds.read({ since, checkpoint: next.at(-1)?.checkpoint }))
    expect(last.flatMap(({ records }) => records.map(({ id }) => id))).toEqual([ref(made)[0]?.id])
  })

  it('rejects a refund whose order is gone, and keeps its neighbours', async () => {
    await using world = await openShop({ options: { orders: 2 } })
    const [gone, kept] = world.shop.world.orders.keys()
    world.shop.act('refund', { order: gone })
    world.shop.act('refund', { order: kept })
    world.shop.act('delete-order', { id: gone })
    const [page] = await all(world.connection.readers.refunds.read({ since }))
    expect(page?.records.length).toBe(1)
    expect(page?.rejected).toMatchObject([{ error: { code: 'NOT_FOUND' } }])
  })
})
