import { connect, type ConnectOptions } from '@kontor/core/host'
import type { StartSettings } from '@kontor/testkit/simulator'
import { amazon } from '../src/index.ts'
import {
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  CLIENT_ID,
  CLIENT_SECRET,
  QUEUE_PATH,
  REFRESH_TOKEN,
  SELLER_ID,
  simulator,
  type Options,
} from '../src/simulator/index.ts'
import { STARTS } from './support.ts'

/** A simulated Amazon and the plugin connected to it. Time stands still until it is moved. */
export async function openShop(
  settings: {
    options?: Partial<Options>
    config?: object
    credentials?: object
    limits?: ConnectOptions['limits']
    priority?: ConnectOptions['priority']
    clock?: StartSettings<Options>['clock']
    /** Whether Amazon has a queue to tell changes of orders to. */
    queue?: boolean
    faults?: StartSettings<Options>['faults']
  } = {},
) {
  const shop = await simulator.start({
    clock: settings.clock ?? { startsAt: STARTS, rate: 'manual' },
    options: settings.options,
    faults: settings.faults,
  })
  const connection = await connect(amazon, {
    config: {
      region: 'eu',
      sellerId: SELLER_ID,
      baseUrl: shop.url,
      ...(settings.queue ? { orderChangeQueue: `${shop.url}${QUEUE_PATH}` } : {}),
      ...settings.config,
    },
    credentials: {
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      refreshToken: REFRESH_TOKEN,
      ...(settings.queue ? { awsAccessKeyId: AWS_ACCESS_KEY_ID, awsSecretAccessKey: AWS_SECRET_ACCESS_KEY } : {}),
      ...settings.credentials,
    },
    ...(settings.limits ? { limits: settings.limits } : {}),
    ...(settings.priority ? { priority: settings.priority } : {}),
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
