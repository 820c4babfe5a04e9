import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { order, Place, pluginPath } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

let place: Place
beforeEach(() => {
  place = new Place()
  for (const name of ['erp', 'stand']) mkdirSync(join(place.folder, name))
  place.write(
    'kontor.yaml',
    `connections:
  erp: { plugin: ${pluginPath('stand')}, config: { folder: ./erp } }
  stand: { plugin: ${pluginPath('stand')}, config: { folder: ./stand } }
flows:
  - { entity: stock, from: erp, to: stand, start: all, guard: { dropToZero: 50% } }
  - { entity: prices, from: erp, to: stand, start: all, guard: { floor: { EUR: 5 } } }
`,
  )
  place.write('stand/offers.json', {
    A: { quantity: 1, price: '9.00' },
    B: { quantity: 2, price: '9.00' },
    EXTRA: { quantity: 7, price: '1.00' },
  })
})
afterEach(() => place[Symbol.dispose]())

const stock = (sku: string, available: number) => ({ entity: 'stock', id: sku, sku, available })
const price = (sku: string, amount: string) => ({
  entity: 'prices',
  id: sku,
  sku,
  price: { value: { amount, currency: 'EUR' }, taxIncluded: true },
})
const offers = (): unknown => JSON.parse(readFileSync(join(place.folder, 'stand/offers.json'), 'utf8'))
async function json(...given: readonly string[]): Promise<unknown> {
  const { stdout } = await place.kontor(...given, '--json')
  return JSON.parse(stdout)
}
const States = z.object({ states: z.array(z.unknown()) })

test('plan shows before and after of each SKU, and a run that ends writes them at once', async () => {
  place.write('erp/states.json', [stock('A', 5), price('A', '8.00'), price('B', '4.99')])
  expect(States.parse(await json('plan')).states).toEqual([
    { destination: 'stand', entity: 'stock', sku: 'A', after: '5' },
    { destination: 'stand', entity: 'prices', sku: 'A', after: '8.00 EUR' },
    expect.objectContaining({ sku: 'B', after: '4.99 EUR', error: expect.objectContaining({ code: 'GUARD_TRIPPED' }) }),
  ])
  expect((await place.kontor('run', '--once')).code).toBe(4)
  expect(offers()).toMatchObject({ A: { quantity: 5, price: '8.00' }, B: { quantity: 2, price: '9.00' } })
  place.write('erp/states.json', [stock('A', 6), price('A', '8.00')])
  const { stdout } = await place.kontor('plan')
  expect(stdout).toContain('Stock and prices that would change (1)')
  expect(stdout).toMatch(/^A +stand +stock +5 +6$/m)
  expect(offers()).toMatchObject({ A: { quantity: 5 } })
})

test('reconcile finds what was changed by hand, plan shows it, and the next run sets it right', async () => {
  place.write('erp/states.json', [stock('A', 5), price('A', '8.00')])
  await place.kontor('run', '--once')
  place.write('stand/offers.json', { A: { quantity: 9, price: '8.00' }, EXTRA: { quantity: 7, price: '1.00' } })
  const { code, stdout } = await place.kontor('reconcile')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^stand +offers +4 +1$/m)])
  expect((await place.kontor('plan')).stdout).toMatch(/^A +stand +stock +9 +5$/m)
  await place.kontor('run', '--once')
  expect(offers()).toMatchObject({ A: { quantity: 5 } })
  expect((await place.kontor('status')).stdout).toContain('stand/reconcile offers')
  expect((await place.kontor('reconcile', 'nowhere')).code).toBe(2)
})

test('skus tells what stands on one side alone', async () => {
  place.write('erp/states.json', [stock('A', 5), stock('GONE', 5)])
  place.write('stand/orders.json', [
    order('1', {
      lines: [
        { id: '1', sku: 'a', quantity: 1 },
        { id: '2', sku: 'SOLD-1', quantity: 1 },
        { id: '3', quantity: 1 },
      ],
    }),
  ])
  await place.kontor('run', '--once')
  await place.kontor('reconcile', 'stand')
  expect(await json('skus')).toEqual([
    { sku: 'GONE', connection: 'stand', what: 'not-offered', record: 'erp/GONE' },
    { sku: 'B', connection: 'stand', what: 'not-stated' },
    { sku: 'EXTRA', connection: 'stand', what: 'not-stated' },
    { sku: '', connection: 'stand', what: 'sold-without', record: 'stand/1' },
    { sku: 'SOLD-1', connection: 'stand', what: 'sold-unknown', record: 'stand/1' },
  ])
  expect((await place.kontor('skus', '--connection', 'erp')).stdout).toBe(
    'Every SKU has its counterpart, as far as is known.\n',
  )
})

test('an order that soon has to leave is warned of once, and stands in status until it has left', async () => {
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
  const orders = (status: string) => [
    order('1', { deadlines: { shipBy: inHours(2) }, lines: [{ id: '1', quantity: 1, status: { value: status } }] }),
    order('2', {
      deadlines: { shipBy: '2026-05-01' },
      lines: [{ id: '1', quantity: 3, status: { value: 'to_ship' } }],
    }),
    order('3', { deadlines: { shipBy: inHours(30) } }),
    order('4', { deadlines: { shipBy: '2026-05-01' }, payment: { value: 'pending' } }),
    order('5', { deadlines: { shipBy: '2026-05-01' }, lifecycle: { value: 'cancelled' } }),
  ]
  place.write('stand/orders.json', orders('to_ship'))
  const first = await place.kontor('run', '--once')
  expect(first.stderr).toMatch(/Order stand\/1 has to leave soon: 1 to ship/)
  expect(first.stderr).toMatch(/Order stand\/2 ought to have left: 3 to ship/)
  expect(first.stderr).not.toMatch(/stand\/[345]/)
  expect((await place.kontor('run', '--once')).stderr).not.toContain('to ship')
  const status = await place.kontor('status')
  expect(status.stdout).toContain('To be shipped now or soon (2)')
  expect(status.stdout).toMatch(/^stand\/2 +late, \d+d ago +3$/m)
  expect(status.stdout).toMatch(/^stand\/1 +in 1h +1$/m)
  expect((await place.kontor('orders')).stdout).toMatch(/^stand\/1 .* in 1h /m)
  place.write('stand/orders.json', orders('shipped'))
  await place.kontor('run', '--once')
  expect((await place.kontor('status')).stdout).toContain('To be shipped now or soon (1)')
})
