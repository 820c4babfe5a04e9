import { describe, expect, it } from 'vitest'
import { connect } from '@kontor/core/host'
import { bigcommerce } from '../index.ts'
import { loyaltyScopes, STORE } from '../simulator/index.ts'
import { openShop } from '../../test/shop.ts'

describe('check', () => {
  it('finds nothing wrong with an account that has every scope, and says which store it is', async () => {
    await using world = await openShop()
    expect(await world.connection.check()).toEqual({
      account: expect.stringMatching(/^store-[0-9a-f]{12}$/),
      problems: [],
      facts: { name: 'Muster shop', currency: 'EUR' },
    })
  })

  it('works with the scopes of a loyalty programme: nothing is an error', async () => {
    await using world = await openShop({ options: { scopes: [...loyaltyScopes] } })
    const { account, problems } = await world.connection.check()
    expect(account).toMatch(/^store-/)
    expect(problems.map(({ level, key }) => [level, key])).toEqual([
      ['warning', 'credentials'],
      ['info', 'config.currency'],
    ])
    expect(problems[0]?.message).toContain('"Store Inventory: modify"')
  })

  it.each([
    ['orders', 'error', 'Orders: read-only'],
    ['marketing', 'warning', 'Marketing: modify'],
    ['products', 'warning', 'Products: read-only'],
    ['customers', 'warning', 'Customers: read-only'],
  ] as const)('names the missing scope %s in the words of BigCommerce', async (missing, level, words) => {
    const scopes = (
      ['orders', 'transactions', 'customers', 'marketing', 'products', 'inventory', 'information'] as const
    ).filter((scope) => scope !== missing)
    await using world = await openShop({ options: { scopes: [...scopes] } })
    const { problems } = await world.connection.check()
    expect(problems).toMatchObject([{ level, code: 'AUTH_PERMISSION_MISSING' }])
    expect(problems[0]?.message).toContain(`"${words}"`)
  })

  it('refunds are read with either of two scopes; without both it is an error', async () => {
    await using either = await openShop({
      options: { scopes: ['orders', 'customers', 'marketing', 'products', 'inventory', 'information'] },
    })
    expect((await either.connection.check()).problems).toEqual([])
    await using neither = await openShop({
      options: { scopes: ['customers', 'marketing', 'products', 'inventory', 'information'] },
    })
    expect((await neither.connection.check()).problems.map(({ level }) => level)).toEqual(['error', 'error'])
  })

  it('says once that the token is wrong, and how to get another', async () => {
    await using world = await openShop()
    await using connection = await connect(bigcommerce, {
      config: { apiUrl: world.shop.url },
      credentials: { storeHash: STORE, accessToken: 'other' },
      clock: world.shop.clock,
    })
    const { problems } = await connection.check()
    expect(problems).toMatchObject([{ level: 'error', code: 'AUTH_INVALID' }])
  })

  it('takes the text of the API account file as credentials', async () => {
    await using world = await openShop()
    const text = `ACCESS TOKEN: exampletoken0exampletoken0example\nCLIENT NAME: Kontor\nAPI PATH: https://api.bigcommerce.com/stores/${STORE}/v3/\nCLIENT ID: a\nCLIENT SECRET: b\n`
    await using connection = await connect(bigcommerce, {
      config: { apiUrl: world.shop.url },
      credentials: text,
      clock: world.shop.clock,
    })
    expect((await connection.check()).problems).toEqual([])
  })
})
