import type { CheckResult } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { openPortal } from './portal.ts'

const errors = ({ problems }: CheckResult): string[] =>
  problems.filter(({ level }) => level === 'error').map(({ message }) => message)
const all = ({ problems }: CheckResult): string => problems.map(({ message }) => message).join('\n')

describe('check', () => {
  it('proves credentials and address without touching a return', async () => {
    await using world = await openPortal({ options: { returns: 3 } })
    const result = await world.check()
    expect(errors(result)).toEqual([])
    expect(result.facts?.['listReturns']).toBe(
      'ok; observed (four public callers send it); needs "Retourenverwaltung" (returns management)',
    )
    expect([...world.portal.world.returns.values()].some(({ fetched }) => fetched)).toBe(false)
    expect(world.patches()).toBe(0)
  })

  it('says of every operation how certain it is, and never more than it knows', async () => {
    await using world = await openPortal()
    expect((await world.check()).facts).toEqual({
      listReturns: expect.stringMatching(/^ok; observed/),
      getReturn: expect.stringMatching(/^unverified, because .*; inferred/),
      updateReturnItems: expect.stringMatching(/^unverified, because a booking cannot be tried.*; observed/),
      createReturn: expect.stringMatching(/^off, because `allowAssumed` does not allow it; assumed/),
      createLabel: expect.stringMatching(/^off.*assumed.*"Versandetiketten-Erstellung" \(label creation\)/),
      findOrders: expect.stringMatching(/^off.*assumed.*"Bestellungszugriff" \(order access\)/),
    })
  })

  it('names the permission that is most likely missing in the words of the menu', async () => {
    await using world = await openPortal({ options: { scopes: '' } })
    const result = await world.check()
    const [message] = errors(result)
    for (const words of [
      '403',
      'GET /v1/customer_returns',
      'most likely',
      '"Retourenverwaltung" (returns management)',
      'API-Integrationen',
      'reader `returns`',
    ])
      expect(message).toContain(words)
    expect(result.facts?.['listReturns']).toMatch(/^missing permission/)
  })

  it.each([
    ['the single token', { token: 'a-wrong-token' }, 'an API key and a password'],
    ['API key and password', { apiKey: 'demo-key', password: 'wrong-password' }, 'credentials.token'],
  ])('suggests the other form where %s is refused, and does not try it', async (_title, credentials, says) => {
    await using world = await openPortal({ credentials })
    const result = await world.check()
    expect(result.problems[0]).toMatchObject({
      level: 'error',
      code: 'AUTH_INVALID',
      key: 'credentials',
      message: expect.stringContaining(says),
    })
    expect(world.portal.exchanges.total).toBe(1)
  })

  it('works with the single token', async () => {
    await using world = await openPortal({ credentials: { token: 'demo-token' } })
    expect(errors(await world.check())).toEqual([])
    expect(world.portal.exchanges.all[0]?.requestHeaders['authorization']).toBe('Bearer demo-token')
  })

  it.each([
    ['a web page', { do: 'html', status: 200 } as const],
    ['404', { do: 'status', status: 404 } as const],
    ['another JSON', { do: 'status', status: 200, body: { hello: 'world' } } as const],
  ])('says ENDPOINT_MISMATCH for %s in place of the list', async (_title, fault) => {
    await using world = await openPortal()
    world.portal.faults.add({ match: {}, ...fault })
    expect((await world.check()).problems[0]).toMatchObject({ level: 'error', code: 'ENDPOINT_MISMATCH' })
  })

  it('says how certain the address is that did not fit', async () => {
    await using world = await openPortal({ config: { endpoints: { listReturns: { path: '/v2/returns' } } } })
    expect(errors(await world.check())[0]).toMatch(/\/v2\/returns.*config\.endpoints\.listReturns.*observed/)
  })

  it('suspects the permission for customers where they are wanted and do not come', async () => {
    await using world = await openPortal({
      options: { returns: 1, scopes: 'returns' },
      config: { pii: { customer: true }, check: { readOne: true } },
    })
    expect((await world.check()).problems).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        code: 'PERMISSION_SUSPECTED',
        message: expect.stringMatching(/"Kundeninformationen" \(customer information\)/),
      }),
    )
  })

  it('says when a token sees more than is needed', async () => {
    await using world = await openPortal({ options: { returns: 1 }, config: { check: { readOne: true } } })
    expect(all(await world.check())).toMatch(/more than this configuration needs.*Kundeninformationen/)
  })

  it('compares a real return with what we assume, and names what is new, without a value', async () => {
    await using world = await openPortal({ options: { returns: 1 }, config: { check: { readOne: true } } })
    const [one] = world.portal.world.returns.values()
    if (one !== undefined) one.broken = { warehouse_note: 'Erika wohnt hinten', rma: 'R-1' }
    const said = all(await world.check())
    expect(said).toContain('observed new field customer_returns[].warehouse_note (string)')
    expect(said).toContain('field customer_returns[].rma is string, expected integer')
    expect(said).not.toContain('Erika')
  })

  it('tries a booking only when wanted, of a return that cannot exist, and says so', async () => {
    await using world = await openPortal({ config: { check: { probeWrites: true } } })
    const result = await world.check()
    expect(result.facts?.['updateReturnItems']).toMatch(/^ok/)
    expect(all(result)).toContain('a booking of return 0 was sent and answered with 404')
    expect(world.bookings()).toBe(0)
  })

  it('finds out by that booking that the permission is missing', async () => {
    await using world = await openPortal({ config: { check: { probeWrites: true } } })
    world.portal.faults.add({ match: { method: 'PATCH' }, do: 'status', status: 403 })
    const result = await world.check()
    expect(result.facts?.['updateReturnItems']).toMatch(/^missing permission/)
    expect(errors(result)[0]).toContain('writer `receipts`')
  })

  it('sends nothing of it in plan mode', async () => {
    await using world = await openPortal({ config: { check: { probeWrites: true } }, connect: { mode: 'plan' } })
    expect((await world.check()).facts?.['updateReturnItems']).toMatch(/^unverified, because in plan mode/)
    expect(world.patches()).toBe(0)
  })

  it('probes the search for orders when it is allowed, and says that the address was assumed when it is not there', async () => {
    await using world = await openPortal({ config: { allowAssumed: ['findOrders'] } })
    expect(errors(await world.check())[0]).toMatch(/\/v1\/orders.*404.*assumed/)
  })

  it('says which permissions this configuration needs, and no other', async () => {
    await using least = await openPortal()
    expect(all(await least.check())).toMatch(/needs "Retourenverwaltung" \(returns management\), and nothing else/)
    await using more = await openPortal({ config: { pii: { customer: true }, allowAssumed: ['createLabel'] } })
    expect(all(await more.check())).toMatch(
      /needs "Retourenverwaltung".*"Kundeninformationen".*"Versandetiketten-Erstellung".*and nothing else/,
    )
  })

  it('tells the account by the name of the portal, where it is given', async () => {
    await using world = await openPortal({ config: { portal: 'muster-shop' } })
    expect((await world.check()).account).toBe('muster-shop')
  })
})
