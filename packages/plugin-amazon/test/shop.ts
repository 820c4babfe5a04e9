import { connect, type ConnectOptions } from '@kontor/core/host'
import type { StartSettings } from '@kontor/testkit/simulator'
import { amazon } from '../src/index.ts'
import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SELLER_ID, simulator, type Options } from '../src/simulator/index.ts'
import { STARTS } from './support.ts'

/** A simulated Amazon and the plugin connected to it. Time stands still until it is moved. */
export async function openShop(
  settings: {
    options?: Partial<Options>
    config?: object
    credentials?: object
    limits?: ConnectOptions['limits']
    faults?: StartSettings<Options>['faults']
  } = {},
) {
  const shop = await simulator.start({
    clock: { startsAt: STARTS, rate: 'manual' },
    options: settings.options,
    faults: settings.faults,
  })
  const connection = await connect(amazon, {
    config: { region: 'eu', sellerId: SELLER_ID, baseUrl: shop.url, ...settings.config },
    credentials: {
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      refreshToken: REFRESH_TOKEN,
      ...settings.credentials,
    },
    ...(settings.limits ? { limits: settings.limits } : {}),
    clock: shop.clock,
    random: () => 0.5,
  })
  return {
    shop,
    connection,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await shop.close()
    },
  }
}
