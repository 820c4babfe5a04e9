import { describe, expect, inject, it } from 'vitest'
import { systemClock } from '@kontor/core/host'
import { openServerStore } from '../../src/store/open.ts'
import { randomName, serverUrl } from '../databases.ts'

describe.skipIf(inject('postgresUrl') === '')('a process that stands still in the middle of a transaction', () => {
  it(
    'keeps its locks from the others for ten seconds at most, and writes nothing when it wakes',
    { timeout: 60_000 },
    async () => {
      const url = await serverUrl(randomName())
      const [one, other] = await Promise.all(
        [1, 2].map(() => openServerStore({ url, clock: systemClock, key: undefined, connections: 2 })),
      )
      if (!one || !other) throw new Error('no store')
      const [begun, wakes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const stopped = one.write(
        async (tx) => {
          begun.resolve()
          await wakes.promise
          await tx.insertInto('flows').values({ id: 'late', first_run_at: 1 }).execute()
        },
        ['work'],
      )
      const failed = stopped.catch((thrown: unknown) => thrown)
      await begun.promise
      const from = performance.now()
      await other.write(
        async (tx) => await tx.insertInto('flows').values({ id: 'next', first_run_at: 1 }).execute(),
        ['work'],
      )
      expect(performance.now() - from).toBeLessThan(15_000)
      wakes.resolve()
      expect(await failed).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(await other.db.selectFrom('flows').select('id').execute()).toEqual([{ id: 'next' }])
      await one.close()
      await other.close()
    },
  )
})
