import { describe, expect, inject, it } from 'vitest'
import { randomName, serverUrl } from '../databases.ts'
import { openDock, verdict, type Seen } from './dock.ts'

describe.skipIf(inject('postgresUrl') === '')('runners on one PostgreSQL', () => {
  it.each([
    ['on the same machine', undefined],
    ['on another machine', 'elsewhere'],
  ])(
    'take up within 15 seconds what one %s had under way when it was killed, and do it once',
    { timeout: 120_000 },
    async (_where, host) => {
      await using dock = await openDock(await serverUrl(randomName()))
      await dock.queue(3)
      dock.mode = 'hangs'
      const first = await dock.start(host)
      const begun = await dock.call(({ process, what }) => process === first.pid && what === 'take')
      const second = await dock.start()
      const diedAt = Date.now()
      first.kill('SIGKILL')
      dock.mode = 'up'
      await dock.call(({ process, key }) => process === second.pid && key === begun.key)
      await dock.emptied()
      // When the other one claimed it, by the clock of the store; it was not free for it before the death.
      const takenUp = await dock.store.db
        .selectFrom('runs')
        .select('started_at')
        .where('kind', '=', 'deliver')
        .where('owner', 'like', `%/${second.pid}/%`)
        .orderBy('id')
        .executeTakeFirstOrThrow()
      expect(takenUp.started_at).toBeGreaterThan(diedAt - 1000)
      expect(takenUp.started_at - diedAt).toBeLessThan(15_000)
      expect(dock.seen.filter(({ what, key }) => what === 'take' && key === begun.key)).toHaveLength(1)
      expect(verdict(dock)).toEqual([])
    },
  )

  it(
    'go on for one that stands still, which sends nothing more of it when it wakes',
    { timeout: 120_000 },
    async () => {
      await using dock = await openDock(await serverUrl(randomName()))
      await dock.queue(20)
      dock.mode = 'hangs'
      const first = await dock.start()
      const begun = await dock.call(({ process, what }) => process === first.pid && what === 'take')
      first.kill('SIGSTOP')
      dock.mode = 'up'
      const second = await dock.start()
      await dock.call(({ process, key }) => process === second.pid && key === begun.key)
      await dock.emptied()
      // Its answer has come while it stood still; the rest of its batch is still before it.
      dock.release()
      first.kill('SIGCONT')
      // It works on: what it takes now comes after everything it had before.
      const isNew = ({ id = '' }: Seen): boolean => Number(id.split('-')[1]) >= 20
      while (!dock.seen.some((seen) => seen.process === first.pid && isNew(seen))) {
        await dock.queue(5)
        await dock.emptied()
      }
      const woken = dock.seen.filter(({ process, what }) => process === first.pid && what === 'take')
      const others = new Set(dock.seen.filter(({ process }) => process === second.pid).map(({ key }) => key))
      expect(woken.filter(({ key }) => others.has(key)).map(({ key }) => key)).toEqual([begun.key])
      expect(first.exitCode).toBeNull()
      expect(verdict(dock)).toEqual([])
    },
  )
})
