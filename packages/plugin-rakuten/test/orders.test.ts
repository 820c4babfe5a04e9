import { sameContent, whyNotShippable, type Ref } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import type { Sale } from '../src/simulator/index.ts'
import { calls, must, openRakuten, orderOf, place, readAll, startRakuten, fetchOrders, actionOf } from './open.ts'

const empty = { sales: 0 }
const orderRef = ({ purchaseId }: Sale): Ref => ({ entity: 'orders', id: purchaseId, numbers: [purchaseId] })

describe('sales', () => {
  it('of two equal units are one line of two pieces that keeps both itemids', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED', sku: 'PHONE-1', price: '23.9' })
    const { lines, totals } = await orderOf(shop, sale)
    expect(lines).toMatchObject([
      {
        sku: 'PHONE-1',
        quantity: 2,
        units: sale.units.map(({ itemId }) => ({ id: itemId })),
        total: { value: { amount: '47.80' } },
      },
    ])
    expect(totals?.items).toEqual({ amount: '47.80', currency: 'EUR' })
  })

  it('to accept wait, are authorized and go nowhere; accepted ones are paid and can be shipped', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const waiting = await orderOf(shop, place(system, { status: 'REMINDED' }))
    expect(waiting).toMatchObject({
      acceptance: { value: 'awaiting', source: 'REMINDED' },
      payment: { value: 'authorized' },
      lifecycle: { value: 'open' },
    })
    expect(whyNotShippable(waiting)).toBe('not accepted yet')
    const accepted = await orderOf(shop, place(system, { status: 'COMMITTED' }))
    expect(accepted).toMatchObject({
      acceptance: { value: 'accepted' },
      payment: { value: 'paid' },
      fulfilment: { value: 'unfulfilled' },
    })
    expect(whyNotShippable(accepted)).toBeUndefined()
  })

  it('have a total from the start: that of the goods, flagged, until billing tells what shipping costs', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'negotiated' })
    const first = await orderOf(shop, sale)
    expect(first.totals).toMatchObject({ grand: { amount: '20.50', currency: 'EUR' } })
    expect(first.flags).toContain('total_without_shipping')
    for (const unit of sale.units) unit.status = 'ACCEPTED'
    await readAll(shop)
    const [told] = await fetchOrders(shop, [orderRef(sale)])
    expect(told?.records[0]).toMatchObject({
      totals: { grand: { amount: '23.40' }, shipping: { amount: '2.90' } },
      flags: expect.not.arrayContaining(['total_without_shipping']),
    })
    // Read again, the list takes nothing back of what billing told.
    const again = await orderOf(shop, sale)
    expect(again.totals?.grand).toBeUndefined()
    expect(again.flags).not.toContain('total_without_shipping')
  })

  it('have the total of their goods, flagged, where fees are not asked for', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system, { fees: false })
    const sale = place(system, { kind: 'twins', price: '10', sku: 'TEN', status: 'ACCEPTED' })
    await readAll(shop)
    const [told] = await fetchOrders(shop, [orderRef(sale)])
    expect(told?.records[0]).toMatchObject({
      totals: { grand: { amount: '20.00', currency: 'EUR' } },
      flags: ['total_without_shipping'],
    })
  })

  it('have a time to accept by, Rakuten’s word on the payment, and a flag where no address is told', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system, { acceptDeadlineHours: 24 })
    const sale = place(system, { soldAt: Date.parse('2026-05-05T06:00:00Z') })
    Object.assign(sale, { delivery: undefined })
    expect(await orderOf(shop, sale)).toMatchObject({
      deadlines: { acceptBy: '2026-05-06T06:00:00.000Z' },
      payment: { value: 'authorized', source: 'INCOMING' },
      flags: expect.arrayContaining(['address_missing']),
    })
  })

  it('of a prepaid mode bring their label, once accepted', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED', shippingType: 'So Colissimo' })
    await readAll(shop)
    const [intake] = await fetchOrders(shop, [orderRef(sale)])
    const url = `https://ws.colissimo.fr/label?parcel=${sale.purchaseId}`
    expect(intake?.records[0]).toMatchObject({
      label: { url, prepaid: true },
      documents: [{ kind: 'label', url }],
    })
  })

  it('with a pre-order wait until it is confirmed, are listed by themselves, and stay in sight for months', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const day = 86_400_000
    const soldAt = system.clock.now() - 120 * day
    const sale = place(system, { kind: 'preorder', soldAt })
    const first = await readAll(shop)
    const order = must(first.orders.get(sale.purchaseId))
    expect(order).toMatchObject({ acceptance: { value: 'awaiting' }, payment: { value: 'authorized' } })
    expect(order.flags).toContain('preorder')
    expect(whyNotShippable(order)).toBe('a pre-order that is not confirmed yet')
    const second = await readAll(shop, first.checkpoint)
    expect(second.orders.has(sale.purchaseId)).toBe(true)
    // Confirmed at last, far outside of the window of confirmed sales.
    for (const unit of sale.units) unit.status = 'ACCEPTED'
    for (let run = 0, { checkpoint } = second; run < 3; run += 1) {
      const next = await readAll(shop, checkpoint)
      expect(whyNotShippable(must(next.orders.get(sale.purchaseId)))).toBeUndefined()
      ;({ checkpoint } = next)
    }
  })

  it('of all countries come; FX is France', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const [french, belgian] = [place(system, { person: 0 }), place(system, { person: 2 })]
    expect((await orderOf(shop, french)).shipTo?.address).toMatchObject({
      countryCode: 'FR',
      country: 'France métro.',
      line1: '1 rue de l’Exemple',
    })
    expect((await orderOf(shop, belgian)).shipTo?.address?.countryCode).toBe('BE')
  })

  it('without a SKU keep the EAN as their key, flagged', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const order = await orderOf(shop, place(system, { kind: 'without-sku' }))
    expect(order.flags).toContain('sku_missing')
    expect(order.lines).toMatchObject([{ sku: '4006381333931', extensions: { 'rakuten.skuMissing': true } }])
  })

  it('carry our SKU where the configuration maps theirs', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system, { skus: { 'THEIRS-1': 'OURS-1' } })
    expect((await orderOf(shop, place(system, { sku: 'THEIRS-1' }))).lines?.[0]?.sku).toBe('OURS-1')
  })

  it('with a negotiated price show what was taken off, and sum up', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const order = await orderOf(shop, place(system, { kind: 'negotiated', price: '25.9' }))
    expect(order.lines).toMatchObject([
      {
        unitPrice: { value: { amount: '25.90' } },
        discounts: [{ kind: 'negotiation', price: { value: { amount: '5.40' } } }],
        total: { value: { amount: '20.50' } },
      },
    ])
    expect(order.buyerNote).toBe('Merci !')
  })

  it('to a parcel shop name it with its id; fetched at the seller they have no address, and a flag', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const relay = await orderOf(shop, place(system, { kind: 'relay' }))
    expect(relay).toMatchObject({
      pickup: { kind: 'relay', name: 'Tabac des Modèles', address: { countryCode: 'FR' } },
      shippingService: { value: 'relay' },
    })
    const pickup = await orderOf(shop, place(system, { kind: 'pickup' }))
    expect(pickup).toMatchObject({
      pickup: { kind: 'store' },
      shipTo: null,
      shippingService: { value: 'pickup' },
      hold: null,
      flags: expect.arrayContaining(['pickup']),
    })
  })

  it('fetched at the seller are left out or held where the configuration says so', async () => {
    await using system = await startRakuten(empty)
    const sale = place(system, { kind: 'pickup', status: 'ACCEPTED' })
    await using skipping = await openRakuten(system, { pickupOrders: 'skip' })
    expect((await readAll(skipping)).orders.size).toBe(0)
    await using holding = await openRakuten(system, { pickupOrders: 'hold' })
    expect(whyNotShippable(await orderOf(holding, sale))).toMatch(/^on hold/)
  })

  it('that Rakuten ships are not the merchant’s', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    expect(whyNotShippable(await orderOf(shop, place(system, { kind: 'rakuten-logistics', status: 'ACCEPTED' })))).toBe(
      'shipped by the marketplace',
    )
  })

  it('with a status nobody told us about are not shipped', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED' })
    Object.assign(must(sale.units[0]), { status: 'LEVITATING' })
    expect(whyNotShippable(await orderOf(shop, sale))).toBe(
      'on hold: Rakuten tells a status we do not know: LEVITATING',
    )
  })

  it('in the hour that comes twice are flagged', async () => {
    await using system = await startRakuten(empty, { clock: { startsAt: '2026-10-25T12:00:00Z', rate: 'manual' } })
    await using shop = await openRakuten(system)
    const order = await orderOf(shop, place(system, { soldAt: Date.parse('2026-10-25T01:30:00Z') }))
    expect(order).toMatchObject({
      flags: expect.arrayContaining(['time_ambiguous']),
      orderedAt: '2026-10-25T00:30:00.000Z',
    })
  })
})

describe('the two lists', () => {
  it('are one sale where both tell of it: no unit is lost', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins' })
    must(sale.units[0]).status = 'ACCEPTED'
    const order = await orderOf(shop, sale)
    expect(order).toMatchObject({
      acceptance: { value: 'partially_accepted' },
      lines: [{ quantity: 2, status: { value: 'awaiting_acceptance' } }],
    })
    const { checkpoint } = await readAll(shop)
    const next = await readAll(shop, checkpoint)
    for (const page of next.pages) for (const record of page.records) expect(record.lines?.[0]?.quantity).toBe(2)
  })

  it('tell what was shipped by hand', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    system.act('ship-by-hand', { itemId: must(sale.units[0]).itemId })
    expect(await orderOf(shop, sale)).toMatchObject({
      fulfilment: { value: 'shipped' },
      lines: [{ status: { value: 'shipped' }, quantityShipped: 1 }],
    })
  })

  it('never let a sale look shipped that was accepted between their questions', async () => {
    await using system = await startRakuten(empty)
    const sale = place(system)
    await using shop = await openRakuten(
      system,
      {},
      {
        async fetch(url, init) {
          const answer = await fetch(url, init)
          // Accepted in the back office right behind the first answer about confirmed sales.
          if (actionOf(url) === 'getcurrentsales') must(sale.units[0]).status = 'ACCEPTED'
          return answer
        },
      },
    )
    const { checkpoint } = await readAll(shop)
    const { orders } = await readAll(shop, checkpoint)
    expect(orders.get(sale.purchaseId)?.fulfilment).toEqual({ value: 'unfulfilled' })
  })

  it('end where Rakuten repeats a token; what was read is told, and the day counts as not read', async () => {
    await using system = await startRakuten({ sales: 20, accepted: 1, pageSize: 5, repeatToken: true })
    await using shop = await openRakuten(system, { detectShipped: false })
    const { orders, checkpoint } = await readAll(shop)
    expect(orders.size).toBeGreaterThan(0)
    expect(checkpoint?.deepOn).toBeUndefined()
    await using careful = await openRakuten(system)
    await expect(readAll(careful)).rejects.toThrow(/repeated the token/)
  })

  it('read 10,000 sales within the quota, with one call a page and list', { timeout: 60_000 }, async () => {
    await using system = await startRakuten({ sales: 10_000, accepted: 1, pageSize: 100 })
    await using shop = await openRakuten(system, { contact: 'never', fees: false })
    const { orders, pages, rejected } = await readAll(shop)
    expect(orders.size).toBe(10_000)
    expect(rejected).toEqual([])
    expect(Math.max(...pages.map((page) => page.records.length))).toBeLessThanOrEqual(500)
    expect(system.exchanges.total).toBeLessThanOrEqual(1 + 100 + 100)
  })

  it('say the same in a second run', async () => {
    await using system = await startRakuten({ sales: 30 })
    await using shop = await openRakuten(system)
    const first = await readAll(shop)
    const second = await readAll(shop, first.checkpoint)
    for (const [id, order] of second.orders) expect(sameContent(order, first.orders.get(id))).toBe(true)
  })
})

describe('what is told only after acceptance', () => {
  it('arrives once, as a later statement about the same lines', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', price: '20.0' })
    const before = await readAll(shop)
    expect(before.look).toEqual([])
    expect(before.orders.get(sale.purchaseId)?.buyer).not.toHaveProperty('email')
    for (const unit of sale.units) unit.status = 'ACCEPTED'
    const after = await readAll(shop, before.checkpoint)
    expect(after.look).toMatchObject([{ ref: { entity: 'orders', id: sale.purchaseId } }])
    const [intake] = await fetchOrders(
      shop,
      after.look.map(({ ref }) => ref),
    )
    expect(intake?.records).toMatchObject([
      {
        buyer: { email: sale.email, phone: sale.billing.phone },
        lines: [
          {
            id: after.orders.get(sale.purchaseId)?.lines?.[0]?.id,
            shipping: { value: { amount: '5.80' } },
            fees: [{ kind: 'commission', amount: { amount: '2.74' }, tax: { amount: '0.54' } }, { kind: 'shipping' }],
          },
        ],
        totals: { shipping: { amount: '5.80' }, grand: { amount: '45.80' } },
      },
    ])
    system.exchanges.clear()
    expect((await readAll(shop, after.checkpoint)).look).toEqual([])
  })

  it('is asked for with two calls a sale, and no list more', async () => {
    await using system = await startRakuten({ sales: 10, accepted: 1 })
    await using shop = await openRakuten(system)
    const { look } = await readAll(shop)
    system.exchanges.clear()
    for (const { ref } of look) await fetchOrders(shop, [ref])
    expect(calls(system, 'getcurrentsales')).toHaveLength(0)
    expect(system.exchanges.all.length).toBeLessThanOrEqual(2 * look.length)
  })
})

describe('sales that vanish from the lists', () => {
  it('are looked at, and a cancellation arrives', async () => {
    await using system = await startRakuten({ ...empty, listCancelled: false })
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    const { checkpoint } = await readAll(shop)
    system.act('set-status', { itemId: must(sale.units[0]).itemId, status: 'CANCELLED' })
    await system.clock.advance(900_000)
    const { look } = await readAll(shop, checkpoint)
    expect(look).toMatchObject([{ ref: { id: sale.purchaseId }, reason: 'no list names it any more' }])
    const [intake] = await fetchOrders(
      shop,
      look.map(({ ref }) => ref),
    )
    expect(intake?.records).toMatchObject([
      { id: sale.purchaseId, lifecycle: { value: 'cancelled' }, payment: { value: 'refunded' } },
    ])
  })
})

describe('what the configuration says over the tables', () => {
  it('of a status Rakuten invents, of a mode of the seller’s own, of SKUs and of the warehouse', async () => {
    await using system = await startRakuten(empty)
    const sale = place(system, { sku: 'FR-100', shippingType: 'Coursier à vélo' })
    for (const unit of sale.units) Object.assign(unit, { status: 'LEVITATING' })
    await using before = await openRakuten(system)
    const unknown = await orderOf(before, sale)
    expect(unknown).toMatchObject({
      lines: [{ sku: 'FR-100', status: { value: 'unknown', source: 'LEVITATING' } }],
      shippingService: { value: 'unknown', source: 'Coursier à vélo' },
    })
    await using shop = await openRakuten(system, {
      statuses: { LEVITATING: 'accepted' },
      shippingModes: { 'coursier a velo': { service: 'express', tracking: 'none' } },
      skuPrefix: 'FR-',
      locations: { '100': 'A-12' },
      detectShipped: false,
    })
    const { orders, look } = await readAll(shop)
    expect(orders.get(sale.purchaseId)).toMatchObject({
      payment: { value: 'paid' },
      lines: [{ sku: '100', location: 'A-12', status: { value: 'to_ship', source: 'LEVITATING' } }],
      shippingService: { value: 'express' },
    })
    expect(look.map(({ ref }) => ref.id)).toEqual([sale.purchaseId])
  })
})
