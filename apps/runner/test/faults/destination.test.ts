import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createYard, type YardOptions } from '../kill/yard.ts'
import { destinationFaults, lastsMs, long } from './destination-faults.ts'

/** Simulator's milliseconds in one of ours. */
const rate = 15
const orderEveryMs = 10_000

/** Calls that have an effect. */
const effects = {
  shop: { method: 'POST', path: '/ws/orders/:id' },
  amazon: { method: 'POST', path: '/orders/v0/orders/:id/shipmentConfirmation' },
} as const
type Marketplace = keyof typeof effects

const places: readonly (readonly [Marketplace, string, Pick<YardOptions, 'orders'>])[] = [
  ['amazon', 'where a call must be asked about', { orders: 10 }],
  ['shop', 'where a call may be repeated', { orders: 20 }],
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
    { timeout: 300_000 },
    async (_does, _why, options, fault) => {
      await using yard = await createYard({ ...options, seed: 21, rate, patienceMs: 120_000 })
      const handle = yard.simulator.faults.add(fault)
      const runner = yard.start()
      await yard.begun(runner)
      // Orders come in all the time; the time counts from the first call that fails.
      for (let leftMs = lastsMs; leftMs > 0 || handle.fired < (long ? 10 : 2);) {
        yard.place()
        await pause(orderEveryMs / rate)
        if (handle.fired > 0) leftMs -= orderEveryMs
      }
      handle.remove()
      expect(runner.exitCode, 'the runner goes on').toBeNull()
      await yard.finish(runner)
      expect(await yard.verdict()).toEqual([])
      expect(yard.shipped()).toBeGreaterThan(5)
    },
  )
})
