import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { goldenTable, loadFixtures, record, redact, replay, saveFixtures, serveFixtures } from '../src/index.ts'
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
          hint: 'write to w@e.example at Echtmann',
          zip: null,
        },
        { texts: { Echtmann: 'Muster' } },
      ),
    ).toEqual({
      access_token: 'redacted-1',
      buyer: { first_name: 'Erika', age: 7, email: 'erika.muster@example.com' },
      hint: 'write to erika.muster@example.com at Muster',
      zip: null,
    })
  })
})

describe('replay', () => {
  const page = (index: number) => ({
    method: 'GET',
    path: '/shops/redacted-1/orders',
    query: `limit=2&token=redacted-2&page=${index}`,
    status: 200,
    contentType: 'text/xml; charset=iso-8859-1',
    headers: { 'retry-after': '7' },
    answer: `<orders page="${index}"><city>Köln</city></orders>`,
  })

  it('serves fixtures over real HTTP, with their headers and in their charset, whatever secret asks', async () => {
    const server = await serveFixtures([page(1), page(2)])
    open.push(server)
    const answer = await fetch(`${server.url}/shops/mine/orders?page=2&limit=2&token=test-token`)
    expect(answer.headers.get('retry-after')).toBe('7')
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.toString('latin1')).toBe('<orders page="2"><city>Köln</city></orders>')
  })

  it('says which fixtures there are when none fits, without the values that were asked with', async () => {
    const server = await serveFixtures([page(1)])
    open.push(server)
    const answer = await fetch(`${server.url}/shops/mine/orders?page=3&token=geheim-4711`)
    const text = await answer.text()
    expect(answer.status).toBe(404)
    expect(text).toContain('there are: GET /shops/redacted-1/orders?limit=2&token=redacted-2&page=1')
    expect(text).not.toContain('geheim-4711')
    expect(server.unknown).toEqual(['GET /shops/mine/orders'])
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
