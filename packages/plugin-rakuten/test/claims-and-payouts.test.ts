import { toInstant } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import type { ClaimsCheckpoint, PayoutsCheckpoint } from '../src/readers/index.ts'
import {
  all,
  calls,
  must,
  openRakuten,
  place,
  readAll,
  signal,
  since,
  startRakuten,
  type Shop,
  type System,
} from './open.ts'

const from = toInstant(Date.parse(since))
const readClaims = (shop: Shop, checkpoint?: ClaimsCheckpoint) =>
  all(shop.readers.claims.read({ since: from, signal, ...(checkpoint === undefined ? {} : { checkpoint }) }))

function claimed(system: System) {
  const sale = place(system, { status: 'ACCEPTED' })
  const { itemId, sku } = must(sale.units[0])
  system.act('open-claim', { itemId })
  return { sale, itemId, sku }
}

describe('claims', () => {
  it('come with their sale and line, and without `readMessages` nothing is marked as read', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system)
    const { sale, itemId, sku } = claimed(system)
    const pages = await readClaims(shop)
    expect(pages.flatMap((page) => page.records)).toMatchObject([
      {
        id: itemId,
        about: { id: sale.purchaseId },
        kind: { value: 'claim' },
        lines: [{ sku, orderLineId: expect.any(String), quantity: { requested: 1 } }],
      },
    ])
    expect(calls(system, 'getiteminfos')).toHaveLength(0)
    expect(system.truth.count('messages-read')).toBe(0)
  })

  it('with `readMessages` are noted before they are read, so that a death in between loses no message', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system, { readMessages: true })
    const { itemId } = claimed(system)
    const [intention] = await (async () => {
      const kept = []
      for await (const page of shop.readers.claims.read({ since: from, signal })) {
        kept.push(page)
        break
      }
      return kept
    })()
    expect(must(intention).checkpoint).toEqual({ open: [itemId], pending: [itemId] })
    expect(system.truth.count('messages-read')).toBe(0)
    const pages = await readClaims(shop, must(intention).checkpoint)
    expect(pages.flatMap((page) => page.records)).toMatchObject([
      {
        id: itemId,
        lines: [{ reason: { value: 'damaged_in_transit', source: 'DAMAGED' }, customerText: 'Article abîmé' }],
        messages: [{ text: 'Article abîmé', from: 'unknown' }],
      },
    ])
    expect(must(pages.at(-1)).checkpoint).toEqual({ open: [itemId], pending: [] })
    system.exchanges.clear()
    await readClaims(shop, must(pages.at(-1)).checkpoint)
    expect(calls(system, 'getiteminfos')).toHaveLength(0)
  })

  it('that leave the list are closed', async () => {
    await using system = await startRakuten({ sales: 0 })
    await using shop = await openRakuten(system)
    const { itemId } = claimed(system)
    const pages = await readClaims(shop)
    system.act('close-claim', { itemId })
    const next = await readClaims(shop, must(pages.at(-1)).checkpoint)
    expect(next.flatMap((page) => page.records)).toMatchObject([{ id: itemId, lifecycle: { value: 'closed' } }])
  })
})

describe('payouts', () => {
  it('come with their lines, once', async () => {
    await using system = await startRakuten({ sales: 5, payoutsPerPage: 2 })
    await using shop = await openRakuten(system)
    const pages = await all(shop.readers.payouts.read({ since: from, signal }))
    const records = pages.flatMap((page) => page.records)
    expect(records).toHaveLength(5)
    expect(records[0]).toMatchObject({
      kind: 'payout',
      total: { amount: '100.23', currency: 'EUR' },
      invoiceNumber: '122000',
      lines: [
        { kind: 'sale', amount: { amount: '100.23' }, order: { id: expect.any(String) } },
        { kind: 'subscription', amount: { amount: '-23.91' } },
      ],
    })
    system.exchanges.clear()
    const again = await all(
      shop.readers.payouts.read({ since: from, signal, checkpoint: must(pages.at(-1)).checkpoint }),
    )
    expect(again.flatMap((page) => page.records)).toEqual([])
    expect(system.exchanges.all).toHaveLength(1)
  })

  it('leave the quota to sales: the reading stops, goes on in the next hour, and tells each payout once', async () => {
    await using system = await startRakuten({ sales: 5, quotaPerHour: 100_000 })
    const { world, clock } = system
    for (let index = 0; index < 130; index += 1)
      world.operations.push({
        operationId: `60000${index}`,
        at: clock.now() - (index + 10) * 3_600_000,
        amount: '1.00',
        compensationId: `70000${index}`,
      })
    await using shop = await openRakuten(system)
    const told: string[] = []
    let hours = 0
    let checkpoint: PayoutsCheckpoint | undefined
    for (;;) {
      system.exchanges.clear()
      const pages = await all(
        shop.readers.payouts.read({ since: from, signal, ...(checkpoint === undefined ? {} : { checkpoint }) }),
      )
      told.push(...pages.flatMap((page) => page.records.map(({ id }) => id)))
      const { resumeAt, ...last } = must(pages.at(-1))
      expect(system.exchanges.all.length).toBeLessThanOrEqual(60)
      ;({ checkpoint } = last)
      if (resumeAt === undefined) break
      hours += 1
      expect((await readAll(shop)).orders.size).toBe(5)
      await clock.advance(Date.parse(resumeAt) - clock.now())
    }
    expect(hours).toBe(2)
    expect(told).toHaveLength(135)
    expect(new Set(told).size).toBe(135)
  })
})

it('a message to a buyer is sent on command alone', async () => {
  await using system = await startRakuten({ sales: 0 })
  await using shop = await openRakuten(system)
  const { itemId } = claimed(system)
  const action = must(shop.actions?.['message'])
  expect(await action({ arguments: { item: itemId, text: 'Bonjour, votre colis part demain.' }, signal })).toEqual({
    item: itemId,
    answer: 'SENT',
  })
  await expect(action({ arguments: { item: itemId }, signal })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  expect(system.truth.count('message-sent')).toBe(1)
})
