import { describe, expect, it } from 'vitest'
import { all, earn, EMAIL, none, openProgramme, reverse, wish } from '../../test/programme.ts'

const { signal } = new AbortController()

describe.each(['leat', 'webhook-ledger'] as const)('questions to %s', (provider) => {
  it('answer who a member is, what they have, what a purchase would earn, and which rewards there are', async () => {
    await using open = await openProgramme({ provider })
    const ask = open.connection.loyalty
    expect(await open.programme.drive(Promise.resolve(ask?.member({ email: EMAIL }, signal)))).toBeUndefined()
    await open.write(wish(earn()))
    const member = await open.programme.drive(Promise.resolve(ask?.member({ email: EMAIL }, signal)))
    expect(member).toMatchObject({ email: EMAIL })
    const id = member?.id ?? ''
    expect(await open.programme.drive(Promise.resolve(ask?.member({ id }, signal)))).toEqual(member)
    expect(await open.programme.drive(Promise.resolve(ask?.balance(id, signal)))).toMatchObject({ points: '80' })
    expect(
      await open.programme.drive(
        Promise.resolve(ask?.quote?.({ memberId: id, amount: { amount: '20.00', currency: 'EUR' } }, signal)),
      ),
    ).toEqual({ points: '32' })
    expect(await open.programme.drive(Promise.resolve(ask?.rewards?.(id, signal)))).toMatchObject([
      { name: '5 EUR', points: '50', available: true },
      { name: 'Tote bag' },
    ])
  })

  it('answer everything booked for an order: what a lost ledger is rebuilt from', async () => {
    await using open = await openProgramme({ provider })
    await open.write(
      wish(earn()),
      wish(reverse('32')),
      wish(earn({ id: 'shop/219:earn', about: { entity: 'orders', key: 'shop/219', id: '219' } })),
    )
    const booked = async (query: { orderKey?: string }) => {
      const found = await all(open.connection.loyalty?.booked?.(query, signal) ?? none())
      return found.toSorted((a, b) => a.id.localeCompare(b.id))
    }
    const member = (
      await open.programme.drive(Promise.resolve(open.connection.loyalty?.member({ email: EMAIL }, signal)))
    )?.id
    const value = { amount: '50.00', currency: 'EUR' }
    const [earned, taken] = [
      { id: 'shop/218:earn', orderKey: 'shop/218', kind: 'earn', points: '80', value, member },
      {
        id: 'shop/218:mv:0:0-32',
        orderKey: 'shop/218',
        kind: 'reverse',
        points: '32',
        reverses: 'shop/218:earn',
        member,
      },
    ]
    expect(await open.programme.drive(booked({ orderKey: 'shop/218' }))).toMatchObject([earned, taken])
    expect(await open.programme.drive(booked({}))).toMatchObject([
      earned,
      taken,
      { id: 'shop/219:earn', orderKey: 'shop/219', kind: 'earn', points: '80', value, member },
    ])
  })

  it('check says that all is well', async () => {
    await using open = await openProgramme({ provider })
    expect((await open.programme.drive(open.connection.check())).problems).toEqual([])
  })
})

describe('setting up Leat', () => {
  it('creates the attributes of bookings once, and tells where it may not', async () => {
    await using open = await openProgramme()
    expect(await open.programme.drive(Promise.resolve(open.connection.ensure?.({})))).toEqual([])
    expect(await open.programme.drive(Promise.resolve(open.connection.ensure?.({})))).toEqual([])
    expect(open.programme.truth.count('attribute')).toBe(5)
    await using refused = await openProgramme({
      faults: [
        {
          match: { path: '/api/v3/oauth/clients/loyalty-transaction-attributes' },
          do: 'status',
          status: 400,
          body: { code: 1003 },
        },
      ],
    })
    expect(await refused.programme.drive(Promise.resolve(refused.connection.ensure?.({})))).toMatchObject([
      { level: 'warning' },
    ])
  })
})
