import { describe, expect, inject, it } from 'vitest'
import { randomName, serverUrl } from '../databases.ts'
import { openDock, verdict, type Dock } from './dock.ts'

/** The long form (KONTOR_FAULTS=long) queues sixty thousand deliveries; a million drain in `pnpm bench drain`. */
const long = process.env['KONTOR_FAULTS'] === 'long'
const lanes = long ? 20_000 : 700

/** Queued while the destination is down, for long enough that runners have noticed; one of them is killed while it drains. */
async function drain(dock: Dock, runners: number): Promise<void> {
  dock.mode = 'down'
  await dock.queue(lanes)
  const [first] = await Promise.all(Array.from({ length: runners }, async () => await dock.start()))
  let refused = 0
  await dock.call(({ answered }) => !answered && ++refused >= 3)
  dock.mode = 'up'
  let taken = 0
  await dock.call(({ answered, what }) => answered && what === 'take' && ++taken >= lanes)
  first?.kill('SIGKILL')
  await dock.start()
  await dock.emptied()
}

const patience = { timeout: long ? 3_600_000 : 240_000 }

describe('what was queued while a destination was down goes there lane by lane, each in its order, nothing lost, nothing twice', () => {
  it('from an embedded store', patience, async () => {
    await using dock = await openDock()
    await drain(dock, 1)
    expect(verdict(dock)).toEqual([])
  })

  it.skipIf(inject('postgresUrl') === '')('from PostgreSQL, by three runners', patience, async () => {
    await using dock = await openDock(await serverUrl(randomName()))
    await drain(dock, 3)
    expect(verdict(dock)).toEqual([])
    expect(new Set(dock.seen.map(({ process }) => process)).size).toBeGreaterThanOrEqual(3)
  })
})
