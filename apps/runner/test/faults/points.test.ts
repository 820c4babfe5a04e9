import { describe, expect, it } from 'vitest'
import { openRunnerBetween, type RunnerBetween } from '../loyalty/runner-between.ts'
import { destinationFaults, lastsMs } from './destination-faults.ts'

const rounds = 16
const members = ['anna', 'bert', 'cora', 'dirk', 'emil', 'fina']
const mail = (name: string): string => `${name}@example.com`

/** Orders, and refunds of half of them. */
function happen({ systems }: RunnerBetween, round: number): void {
  const name = members[round % members.length] ?? ''
  const order = systems.place({ email: mail(name), lines: [{ sku: 'SKU-1', quantity: 1 + (round % 4) }] })
  if (round % 2 === 0) systems.refund(order, { amount: 777 })
}

/** A call that hangs is cut off by the time of the machine, which nothing makes faster; to the runner it is one whose answer was dropped. */
const faults = destinationFaults.filter(([does]) => !does.startsWith('hangs'))

describe('a loyalty programme that', () => {
  it.each(faults)('%s: points are given and taken once', { timeout: 600_000 }, async (_does, fault) => {
    await using runner = await openRunnerBetween({ rate: 60 })
    const { programme, clock, balance } = runner.systems
    const handle = programme.faults.add(fault({ method: 'POST' }))
    for (let round = 0; round < rounds; round++) {
      happen(runner, round)
      await runner.run()
      await clock.advance(lastsMs / rounds)
    }
    expect(handle.fired).toBeGreaterThan(0)
    handle.remove()
    await runner.settle()

    await using calm = await openRunnerBetween()
    for (let round = 0; round < rounds; round++) happen(calm, round)
    await calm.settle()
    expect(programme.truth.doubled('credit_reception')).toEqual([])
    const balances = (of: RunnerBetween) => members.map((name) => [name, of.systems.balance(mail(name))])
    expect(balances(runner)).toEqual(balances(calm))
    expect(balance()).toBeGreaterThan(0)
  })
})
