import { describe, expect, inject, it } from 'vitest'
import { systemClock } from '@kontor/core/host'
import { storedCredentials } from '../../src/store/credentials.ts'
import { openServerStore } from '../../src/store/open.ts'
import { randomName, serverUrl } from '../databases.ts'
import { startSharedSystem, useTogether } from './sharing-system.ts'

describe.skipIf(inject('postgresUrl') === '')('processes that share an account', () => {
  it(
    'renew its credentials one at a time and for each other, and use none before what came with it is stored',
    { timeout: 120_000 },
    async () => {
      const storeUrl = await serverUrl(randomName())
      const [lifeMs, lastsMs] = [200, 5000]
      await using system = await startSharedSystem({ perSecond: 10_000, lifeMs })
      const store = await openServerStore({ url: storeUrl, clock: systemClock, key: undefined, connections: 2 })
      const stored: boolean[] = []
      system.firstUse = async (refresh) => {
        const kept = await storedCredentials(store, 'shop', { refresh: 'refresh-token-0' }).load()
        // Another process may have renewed again meanwhile; never is it an older one.
        stored.push(numberOf(kept) >= numberOf({ refresh }))
      }
      const told = await useTogether(3, { storeUrl, origin: system.origin, perSecond: 10_000, lastsMs })
      expect(told.flatMap(({ failures }) => failures)).toEqual([])
      expect(system.renewals).toBeGreaterThan(15)
      // One would renew after four fifths of a life; three on their own, three times as often.
      expect(system.renewals).toBeLessThan((1.5 * lastsMs) / (0.8 * lifeMs))
      expect(system.spentTwice).toBe(0)
      expect(stored.length).toBeGreaterThan(15)
      expect(stored.every(Boolean)).toBe(true)
      await store.close()
    },
  )

  it('keep its limit together, and use it', { timeout: 120_000 }, async () => {
    const perSecond = 40
    const storeUrl = await serverUrl(randomName())
    await using system = await startSharedSystem({ perSecond, lifeMs: 3_600_000 })
    const lastsMs = 12_000
    const told = await useTogether(2, { storeUrl, origin: system.origin, perSecond, lastsMs })
    expect(told.flatMap(({ failures }) => failures)).toEqual([])
    // Two that did not know of each other would be refused every second time. A busy machine may hold a request up between its grant and its first byte.
    expect(system.refused).toBeLessThanOrEqual(system.answered / 100)
    // Starting takes a moment; the benchmark measures how near to the limit they come.
    expect(system.answered).toBeGreaterThan((perSecond * lastsMs * 0.7) / 1000)
    for (const { answered } of told) expect(answered).toBeGreaterThan(system.answered / 5)
  })
})

const numberOf = (credentials: unknown): number =>
  Number(/"refresh-token-(\d+)"/.exec(JSON.stringify(credentials))?.[1] ?? -1)
