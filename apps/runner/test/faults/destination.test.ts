import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { FaultInput } from '@kontor/testkit/simulator'
import { createYard } from '../kill/yard.ts'

/** The long form (KONTOR_FAULTS=long) keeps each fault up for a minute. */
const lastsMs = process.env['KONTOR_FAULTS'] === 'long' ? 60_000 : 8000

const faults: readonly (readonly [string, FaultInput])[] = [
  ['takes what is sent and drops the answer', { match: { method: 'POST', probability: 0.4 }, do: 'dropAnswer' }],
]

it.each(faults)(
  'a marketplace that %s: nothing is lost, nothing done twice, nothing stranded',
  { timeout: 360_000 },
  async (_, fault) => {
    await using yard = await createYard({ orders: 50, seed: 21, patienceMs: 180_000 })
    const runner = yard.start()
    await yard.begun(runner)
    const handle = yard.simulator.faults.add(fault)
    await pause(lastsMs)
    for (let waited = 0; handle.fired === 0 && waited < 60; waited++) await pause(500)
    expect(handle.fired).toBeGreaterThan(0)
    handle.remove()
    expect(runner.exitCode).toBeNull()
    runner.kill('SIGTERM')
    await yard.ended(runner)
    await yard.finish()
    expect(await yard.verdict()).toEqual([])
    expect(yard.shipped()).toBeGreaterThan(5)
  },
)
