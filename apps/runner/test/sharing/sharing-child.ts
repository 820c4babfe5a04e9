import { connect, systemClock } from '@kontor/core/host'
import { isDead, ownerName } from '../../src/engine/lifecycle.ts'
import { storedBuckets } from '../../src/store/buckets.ts'
import { storedCredentials } from '../../src/store/credentials.ts'
import { openServerStore } from '../../src/store/open.ts'
import { sharingPlugin } from './sharing-plugin.ts'

/**
 * One of several processes that use one account: asks as fast as it may, for so long. Prints how often it was answered, and with what it failed.
 * `sharing-child.ts STORE ORIGIN PER_SECOND MILLISECONDS`
 */
const [url = '', origin = '', perSecond = '', lasts = ''] = process.argv.slice(2)
const store = await openServerStore({ url, clock: systemClock, key: undefined, connections: 4, agree: true })
const owner = ownerName()
const connection = await connect(sharingPlugin(origin, Number(perSecond)), {
  config: {},
  credentials: storedCredentials(store, 'shop', { refresh: 'refresh-token-0' }, { owner, isDead }),
  buckets: storedBuckets(store),
  bucketKey: (limit) => `shop ${limit}`,
  clock: store.clock,
})
const until = performance.now() + Number(lasts)
let answered = 0
const failures: string[] = []
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (performance.now() < until) {
      try {
        const { account, problems } = await connection.check()
        if (account === undefined) failures.push(...problems.map(({ code, message }) => `${code}: ${message}`))
        else answered++
      } catch (thrown) {
        failures.push(String(thrown))
      }
    }
  }),
)
process.stdout.write(`${JSON.stringify({ answered, failures: failures.slice(0, 5) })}\n`)
await connection[Symbol.asyncDispose]()
await store.close()
