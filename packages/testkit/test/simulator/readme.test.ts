import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bazaarSimulator } from './example-simulator.ts'

it('shows the example that runs', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../src/simulator/README.md'), 'utf8')
  expect(readme).toContain(readFileSync(join(import.meta.dirname, 'example-simulator.ts'), 'utf8'))
})

it('is complete: orders come by the clock, a decision is true once, strangers are refused', async () => {
  await using bazaar = await bazaarSimulator.start({ clock: { rate: 'manual' }, options: { orders: 2 } })
  await bazaar.clock.advance(120_000)
  const headers = { authorization: 'Bearer demo' }
  expect(await (await fetch(`${bazaar.url}/orders?state=new`, { headers })).json()).toMatchObject({ count: 4 })
  await fetch(`${bazaar.url}/orders/1003`, { method: 'POST', headers, body: '{"state":"accepted"}' })
  expect(bazaar.truth.effects).toMatchObject([{ what: 'order-accepted', key: '1003' }])
  expect((await fetch(`${bazaar.url}/orders`)).status).toBe(401)
  expect([bazaar.unknownRoutes, bazaar.failures]).toEqual([[], []])
})
