import type { Decision, Order, Outcome, Refund } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import type { Sale } from '../src/simulator/index.ts'
import {
  all,
  calls,
  deliver,
  must,
  openRakuten,
  orderOf,
  place,
  signal,
  startRakuten,
  type Shop,
  type System,
  readBackOrders,
} from './open.ts'

const empty = { sales: 0 }
const minute = 60_000

const decision = (sale: Sale, word: Decision['decision'], more: Partial<Decision> = {}): Decision => ({
  entity: 'decisions',
  id: `decision-${sale.purchaseId}-${word}`,
  about: { entity: 'orders', id: sale.purchaseId },
  decision: word,
  ...more,
})

async function decide(
  shop: Shop,
  sale: Sale,
  word: Decision['decision'],
  more: Partial<Decision> = {},
  order?: Order,
): Promise<Outcome> {
  const about = order ?? (await orderOf(shop, sale))
  const [outcome] = await all(
    shop.writers.orders.write([deliver<'decisions'>(decision(sale, word, more), { order: about })], signal),
  )
  return must(outcome)
}
const statuses = (sale: Sale): string[] => sale.units.map(({ status }) => status)
const writes = (system: System): number =>
  ['acceptsale', 'refusesale', 'cancelitem', 'confirmpreorder'].reduce(
    (sum, action) => sum + calls(system, action).length,
    0,
  )

describe('accepting', () => {
  it('accepts every unit by itself, from France as 249, and asks for what is told now', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins' })
    const outcome = await decide(shop, sale, 'accept')
    expect(outcome).toMatchObject({ is: 'done', look: [{ ref: { entity: 'orders', id: sale.purchaseId } }] })
    expect(outcome).toMatchObject({
      detail: { units: { [must(sale.units[0]).itemId]: { importCountry: '56', oneStopShop: { type: 'IOSS' } } } },
    })
    expect(statuses(sale)).toEqual(['ACCEPTED', 'ACCEPTED'])
    for (const { query } of calls(system, 'acceptsale'))
      expect(new URLSearchParams(query).get('shippingfromcountry')).toBe('249')
  })

  it('looks before it writes, and a second time writes nothing', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system)
    const order = await orderOf(shop, sale)
    await decide(shop, sale, 'accept', {}, order)
    const before = writes(system)
    expect(await decide(shop, sale, 'accept', {}, order)).toMatchObject({ is: 'already' })
    expect(writes(system)).toBe(before)
    expect(calls(system, 'getnewsales').length).toBeGreaterThanOrEqual(3)
  })

  it('waits out the hour in which the buyer may cancel, unless the decision names a time of its own', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { soldAt: system.clock.now() - 20 * minute })
    const order = await orderOf(shop, sale)
    expect(await decide(shop, sale, 'accept', {}, order)).toMatchObject({
      is: 'waiting',
      until: new Date(system.clock.now() + 40 * minute).toISOString(),
      error: { code: 'NOT_YET' },
    })
    expect(writes(system)).toBe(0)
    const notBefore = order.orderedAt
    expect(await decide(shop, sale, 'accept', notBefore == null ? {} : { notBefore }, order)).toMatchObject({
      is: 'done',
    })
  })

  it('of some pieces accepts so many', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', quantity: 3 })
    expect(
      await decide(shop, sale, 'accept', { lines: [{ sku: must(sale.units[0]).sku, quantity: 2 }] }),
    ).toMatchObject({ is: 'done' })
    expect(statuses(sale)).toEqual(['ACCEPTED', 'ACCEPTED', 'TO_CONFIRM'])
  })

  it('of a sale the buyer has cancelled is refused, and nothing is sent', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system)
    const order = await orderOf(shop, sale)
    system.world.sales.delete(sale.purchaseId)
    expect(await decide(shop, sale, 'accept', {}, order)).toMatchObject({
      is: 'refused',
      error: { code: 'CONFLICT', message: expect.stringMatching(/may have cancelled/) },
    })
    expect(writes(system)).toBe(0)
  })

  it('is not sent a second time when its answer was lost: the lists tell', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system)
    const order = await orderOf(shop, sale)
    system.faults.add({ do: 'dropAnswer', match: { path: '/sales_ws?action=acceptsale' } })
    const delivery = deliver<'decisions'>(decision(sale, 'accept'), { order })
    await expect(all(shop.writers.orders.write([delivery], signal))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    })
    expect(await readBackOrders(shop, [delivery])).toMatchObject([{ is: 'done' }])
    expect(calls(system, 'acceptsale')).toHaveLength(1)
  })
})

describe('refusing and cancelling', () => {
  it('refuses before acceptance, whichever of the two was decided', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    for (const word of ['refuse', 'cancel'] as const) {
      const sale = place(system)
      expect(await decide(shop, sale, word)).toMatchObject({ is: 'done' })
      expect(statuses(sale)).toEqual(['REFUSED'])
    }
    expect(calls(system, 'cancelitem')).toHaveLength(0)
  })

  it('cancels an accepted unit with a comment Rakuten takes, and says what a refusal of it would mean', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    expect(await decide(shop, sale, 'refuse')).toMatchObject({
      is: 'refused',
      error: { message: expect.stringMatching(/decide cancel instead.*in full/) },
    })
    expect(statuses(sale)).toEqual(['ACCEPTED'])
    expect(
      await decide(shop, sale, 'cancel', { message: `L’article est épuisé… 😀 ${'x'.repeat(500)}` }),
    ).toMatchObject({ is: 'done' })
    const comment = system.truth.last('unit-cancelled', must(sale.units[0]).itemId)?.detail
    expect(comment).toMatchObject({ comment: expect.stringMatching(/^L'article est épuisé\.\.\. x{370,}\.\.\.$/) })
  })

  it('says the default comment where the decision has none', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    await decide(shop, sale, 'cancel')
    expect(system.truth.last('unit-cancelled', must(sale.units[0]).itemId)?.detail).toEqual({
      comment: 'Article indisponible',
    })
  })

  it('of what is cancelled already is done already', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED' })
    const order = await orderOf(shop, sale)
    for (const unit of sale.units) unit.status = 'CANCELLED'
    expect(await decide(shop, sale, 'cancel', {}, order)).toMatchObject({ is: 'already' })
    expect(writes(system)).toBe(0)
  })
})

describe('pre-orders', () => {
  it('are confirmed in the order of their sale, since Rakuten confirms the oldest: a later one waits', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const older = place(system, { kind: 'preorder', sku: 'SOON', soldAt: system.clock.now() - 300 * minute })
    const later = place(system, { kind: 'preorder', sku: 'SOON', soldAt: system.clock.now() - 200 * minute })
    expect(await decide(shop, later, 'confirm_preorder')).toMatchObject({
      is: 'waiting',
      error: { code: 'NOT_YET', message: expect.stringMatching(/1 older one .* waits; .*oldest first/) },
      until: expect.any(String),
    })
    expect(writes(system)).toBe(0)
    expect(await decide(shop, older, 'confirm_preorder')).toMatchObject({ is: 'done' })
    expect(await decide(shop, later, 'confirm_preorder')).toMatchObject({ is: 'done' })
    expect([...statuses(older), ...statuses(later)]).toEqual(['ACCEPTED', 'ACCEPTED'])
    expect(system.truth.doubled('preorder-confirmed')).toEqual([])
  })

  it('that Rakuten does not confirm although it said so are shown to a person', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'preorder' })
    const order = await orderOf(shop, sale)
    system.faults.add({
      do: 'status',
      status: 200,
      body: '<confirmpreorder><response><statut>OK</statut></response></confirmpreorder>',
      match: { path: '/sales_ws?action=confirmpreorder' },
    })
    expect(await decide(shop, sale, 'confirm_preorder', {}, order)).toMatchObject({
      is: 'refused',
      error: { code: 'CONFLICT', message: expect.stringMatching(/still lists it as waiting/) },
    })
  })

  it('are confirmed per advert with the number of pieces, and are not accepted', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'preorder', quantity: 2 })
    expect(await decide(shop, sale, 'accept')).toMatchObject({
      is: 'refused',
      error: { message: expect.stringMatching(/confirm_preorder/) },
    })
    expect(await decide(shop, sale, 'confirm_preorder')).toMatchObject({ is: 'done' })
    expect(statuses(sale)).toEqual(['ACCEPTED', 'ACCEPTED'])
    expect(calls(system, 'confirmpreorder').map(({ query }) => new URLSearchParams(query).get('stock'))).toEqual(['2'])
  })
})

describe('refunds', () => {
  async function payBack(shop: Shop, sale: Sale, more: Partial<Refund>, about?: Order): Promise<Outcome> {
    const order = about ?? (await orderOf(shop, sale))
    const record: Refund = {
      entity: 'refunds',
      id: `refund-${sale.purchaseId}`,
      about: { entity: 'orders', id: sale.purchaseId },
      ...more,
    }
    const [outcome] = await all(shop.writers.orders.write([deliver<'refunds'>(record, { order })], signal))
    return must(outcome)
  }
  const euro = (amount: string) => ({ amount, currency: 'EUR' })

  it('of whole articles cancel them, which pays the buyer back in full, and once', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { kind: 'twins', status: 'ACCEPTED', sku: 'TEN', price: '10' })
    const one = { lines: [{ sku: 'TEN', quantity: 1, amount: euro('10.00') }] }
    const order = await orderOf(shop, sale)
    expect(await payBack(shop, sale, one, order)).toMatchObject({ is: 'done' })
    expect(statuses(sale).toSorted()).toEqual(['ACCEPTED', 'CANCELLED'])
    expect(await payBack(shop, sale, one, order)).toMatchObject({ is: 'already' })
    expect(await payBack(shop, sale, { id: 'all', total: euro('20.00') }, order)).toMatchObject({ is: 'done' })
    expect(statuses(sale)).toEqual(['CANCELLED', 'CANCELLED'])
    expect(system.truth.doubled('unit-cancelled')).toEqual([])
  })

  it.each<[string, Partial<Refund>, RegExp]>([
    [
      'less than an article cost',
      { lines: [{ sku: 'TEN', amount: euro('4.00') }] },
      /4\.00 EUR of 10\.00 EUR.*remise.*skip/,
    ],
    ['less than the sale cost', { total: euro('3.00') }, /3\.00 EUR of 10\.00 EUR/],
    ['store credit', { destination: { value: 'store_credit' } }, /cannot refund as store_credit/],
    ['one that was declined', { status: { value: 'declined' } }, /nothing is paid back/],
    ['a line that is none', { lines: [{ sku: 'OTHER' }] }, /no line with SKU OTHER/],
  ])('of %s are left to a person, with what to do', async (_, more, says) => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED', sku: 'TEN', price: '10' })
    expect(await payBack(shop, sale, more)).toMatchObject({
      is: 'refused',
      error: { message: expect.stringMatching(says) },
    })
    expect(writes(system)).toBe(0)
  })

  it('of what is in no list any more are not taken for paid', async () => {
    await using system = await startRakuten(empty)
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    const order = await orderOf(shop, sale)
    system.world.sales.delete(sale.purchaseId)
    expect(await payBack(shop, sale, {}, order)).toMatchObject({
      is: 'refused',
      error: { code: 'CONFLICT', message: expect.stringMatching(/look in the back office/) },
    })
  })

  it('of a sale that was cancelled, and has left the lists, are paid: its billing says so', async () => {
    await using system = await startRakuten({ ...empty, listCancelled: false })
    await using shop = await openRakuten(system)
    const sale = place(system, { status: 'ACCEPTED' })
    const order = await orderOf(shop, sale)
    for (const unit of sale.units) unit.status = 'CANCELLED'
    expect(await payBack(shop, sale, {}, order)).toMatchObject({ is: 'already' })
    for (const unit of sale.units) unit.status = 'CLOSED'
    expect(await payBack(shop, sale, {}, order)).toMatchObject({
      is: 'refused',
      error: { message: expect.stringMatching(/closed and paid out/) },
    })
  })
})

it('a decision about a sale that was not read yet waits', async () => {
  await using system = await startRakuten(empty)
  await using shop = await openRakuten(system)
  const [outcome] = await all(
    shop.writers.orders.write([deliver<'decisions'>(decision(place(system), 'accept'))], signal),
  )
  expect(outcome).toMatchObject({ is: 'waiting', error: { code: 'NOT_YET' } })
})

it('a used-up quota makes decisions wait until it is full again', async () => {
  await using system = await startRakuten({ ...empty, quotaPerHour: 6 })
  await using shop = await openRakuten(system, { fees: false, contact: 'never' })
  const sale = place(system)
  const order = await orderOf(shop, sale)
  await shop.check(signal)
  const delivery = deliver<'decisions'>(decision(sale, 'accept'), { order })
  const outcomes: Outcome[] = []
  const thrown = await (async () => {
    for await (const outcome of shop.writers.orders.write([delivery], signal)) outcomes.push(outcome)
  })().catch((error: unknown) => error)
  expect(thrown).toMatchObject({ code: 'RATE_LIMITED', retry: 'after' })
  expect(outcomes).toMatchObject([{ is: 'waiting', until: expect.any(String) }])
  expect(statuses(sale)).toEqual(['TO_CONFIRM'])
})
