import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { goldenTable, loadFixtures, record, redact, replay, saveFixtures } from '../src/index.ts'
import { musterladenSimulator } from './musterladen/simulator.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

describe('fixtures', () => {
  it('are recorded from a simulator or a sandbox, without people and secrets, and replayed', async () => {
    const shop = await musterladenSimulator.start({ options: { orders: 1 } })
    open.push(shop)
    const order = shop.world.placeOrder({ first: 'Wolfram', last: 'Echtmann', mail: 'wolfram@echtmann.example' })
    const live = await fetch(`${shop.url}/orders/${order.id}`, {
      headers: { authorization: 'Bearer muster-secret-0001' },
    })
    const told: unknown = await live.json()

    const fixtures = record(shop.exchanges.all, { fields: { first: 'Erika', last: 'Muster' } })
    const text = JSON.stringify(fixtures)
    for (const secret of ['Wolfram', 'Echtmann', 'echtmann.example', 'muster-secret'])
      expect(text).not.toContain(secret)

    const folder = mkdtempSync(join(tmpdir(), 'kontor-fixtures-'))
    saveFixtures(join(folder, 'order.json'), fixtures)
    const fetchFixture = replay(loadFixtures(join(folder, 'order.json')))
    rmSync(folder, { recursive: true })

    const answer = await fetchFixture(`https://shop.example/orders/${order.id}`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual(redact(told, { fields: { first: 'Erika', last: 'Muster' } }))
    await expect(fetchFixture('https://shop.example/nowhere')).rejects.toThrow(`there are: GET /orders/${order.id}`)
  })

  it('replace people and secrets by the names of their fields, and mail addresses wherever they stand', () => {
    expect(
      redact(
        {
          access_token: 'abc',
          buyer: { first_name: 'Wolfram', age: 7, email: 'w@e.example' },
          note: 'write to w@e.example at Echtmann',
          zip: null,
        },
        { texts: { Echtmann: 'Muster' } },
      ),
    ).toEqual({
      access_token: 'redacted',
      buyer: { first_name: 'Erika', age: 7, email: 'erika.muster@example.com' },
      note: 'write to erika.muster@example.com at Muster',
      zip: null,
    })
  })
})

describe('golden tables', () => {
  it('show what was mapped so that a person can read it', () => {
    const rows = [
      { state: 'new', lifecycle: 'open', lines: 2, note: null },
      { state: 'levitating', lifecycle: 'unknown', note: '' },
    ]
    expect(goldenTable(rows)).toMatchInlineSnapshot(`
      "state      │ lifecycle │ lines │ note
      ───────────┼───────────┼───────┼─────
      new        │ open      │ 2     │ ∅
      levitating │ unknown   │ ·     │ ""
      "
    `)
  })
})
