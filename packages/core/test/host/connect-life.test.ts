import { describe, expect, it } from 'vitest'
import { Cache } from '../../src/index.ts'
import { connect, createMemoryBuckets, override } from '../../src/host/index.ts'
import { cornerShop, credentials } from '../support/corner-shop.ts'
import { json, serve } from '../support/server.ts'

describe('closing a connection', () => {
  it('closes the plugin first, and is not kept from the rest by it', async () => {
    const closed: string[] = []
    const watched = {
      name: 'cache',
      get: async () => undefined,
      set: async () => undefined,
      delete: async () => undefined,
      [Symbol.asyncDispose]: async () => void closed.push('cache'),
    }
    const overrides = [override(Cache, () => watched)]
    const open = (dispose: () => Promise<void>) =>
      connect(cornerShop({ dispose }), { config: {}, credentials, overrides })
    await (await open(async () => void closed.push('plugin')))[Symbol.asyncDispose]()
    expect(closed).toEqual(['plugin', 'cache'])
    await expect((await open(() => Promise.reject(new Error('stuck'))))[Symbol.asyncDispose]()).rejects.toThrow('stuck')
    expect(closed).toEqual(['plugin', 'cache', 'cache'])
  })
})

describe('two connections of one account', () => {
  it('share its limits, and two accounts do not', async () => {
    const server = await serve((_, response) => json(response, {}))
    const buckets = createMemoryBuckets()
    const open = (token: string) =>
      connect(cornerShop(), { config: { origin: server.origin }, credentials: { token }, buckets })
    const [one, same, other] = await Promise.all([open('token-of-one'), open('token-of-one'), open('token-of-other')])
    for (const connection of [one, same, one]) expect((await connection.check()).problems).toEqual([])
    expect((await same.check()).problems).toMatchObject([{ code: 'RATE_LIMITED' }])
    expect((await other.check()).problems).toEqual([])
  })
})
