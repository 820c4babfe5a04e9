import { expect, inject, it } from 'vitest'
import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SELLER_ID, simulator } from '@kontor/plugin-amazon/simulator'
import { systemClock } from '@kontor/core/host'
import { openServerStore } from '../../src/store/open.ts'
import { Place } from '../cli/kontor.ts'
import { randomName, serverUrl } from '../databases.ts'

it.skipIf(inject('postgresUrl') === '')(
  'an access token is fetched once for all processes, also for those that begin later, and lies nowhere in the clear',
  { timeout: 120_000 },
  async () => {
    await using market = await simulator.start({ options: { orders: 4 } })
    using place = new Place()
    const url = await serverUrl(randomName())
    const [key, secret] = ['0'.repeat(64), CLIENT_SECRET]
    place.environment = { STORE: url, KEY: key, CLIENT: CLIENT_ID, SECRET: secret, REFRESH: REFRESH_TOKEN }
    place.write('kontor.yaml', {
      store: '${env:STORE}',
      storeKey: '${env:KEY}',
      connections: {
        market: {
          plugin: '@kontor/plugin-amazon',
          config: { region: 'eu', sellerId: SELLER_ID, baseUrl: market.url },
          credentials: { clientId: '${env:CLIENT}', clientSecret: '${env:SECRET}', refreshToken: '${env:REFRESH}' },
        },
      },
      flows: [],
    })
    const [one, other] = await Promise.all([place.kontor('check'), place.kontor('run', '--once')])
    expect([one?.code, other?.code, one?.stderr, other?.stderr]).toEqual([0, 0, '', ''])
    expect((await place.kontor('run', '--once')).code).toBe(0)
    expect(market.exchanges.all.filter(({ path }) => path === '/auth/o2/token')).toHaveLength(1)
    expect([...market.world.tokensIssued.values()]).toEqual([1])
    const [token = ''] = market.world.accessTokens.keys()
    const store = await openServerStore({ url, key, clock: systemClock, connections: 1 })
    const kept = JSON.stringify(await store.db.selectFrom('cache').selectAll().execute())
    await store.close()
    expect(kept).toContain('access token')
    expect(`${kept}${one?.stdout}${other?.stdout}`).not.toContain(token)
  },
)
