import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createYard, type YardOptions } from '../kill/yard.ts'
import { destinationFaults, lastsMs, long } from './destination-faults.ts'

/** Simulator's milliseconds in one of ours. */
const rate = 30

/** Calls that have an effect. */
const effects = {
  shop: { method: 'POST', path: '/ws/orders/:id' },
  amazon: { method: 'POST', path: '/orders/v0/orders/:id/shipmentConfirmation' },
} as const
type Marketplace = keyof typeof effects

const places: readonly (readonly [Marketplace, string, Pick<YardOptions, 'orders'>])[] = [
  ['amazon', 'where a call must be asked about', { orders: 30 }],
  ['shop', 'where a call may be repeated', { orders: 60 }],
]

/** The short form shows each fault at one of the marketplaces in turn, the long one at both. */
const cases = destinationFaults.flatMap(([does, fault], index) =>
  places
    .filter((_, place) => long || place === index % places.length)
    .map(([place, why, options]) => [does, why, { ...options, marketplace: place }, fault(effects[place])] as const),
)

describe.concurrent('a marketplace that', () => {
  it.each(cases)(
    '%s, %s: nothing is lost, nothing done twice, nothing stranded',
    { timeout: 180_000 },
    async (_does, _why, options, fault) => {
      await using yard = await createYard({ ...options, seed: 21, rate, patienceMs: 60_000 })
      const handle = yard.simulator.faults.add(fault)
      const runner = yard.start()
      await yard.begun(runner)
      await handle.whenFired()
      await pause(lastsMs / rate)
      handle.remove()
      expect(runner.exitCode, 'the runner goes on').toBeNull()
      await yard.finish(runner)
      expect(await yard.verdict()).toEqual([])
      expect(yard.shipped()).toBeGreaterThan(5)
    },
  )
})
