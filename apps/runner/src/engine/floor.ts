import { KontorError, money, type AnyRecord, type Money } from '@kontor/core'
import type { Flow } from './office.ts'

/**
 * Why a price must not go out: it is below the floor of its flow, or below the minimum its own record states. Looked at before every attempt, so
 * that nothing gets round it: no release, no retry, no reconcile. `undefined` where nothing is against it, and where the flow has no floor.
 */
export function belowFloor(flow: Flow | undefined, record: AnyRecord): KontorError | undefined {
  const floor = flow?.guard?.floor
  if (flow === undefined || floor === undefined || record.entity !== 'prices') return undefined
  const { value } = record.price
  const { currency } = value
  const lowest = floor[currency]
  const told: readonly { least: Money; whose: string }[] = [
    ...(lowest === undefined
      ? []
      : [{ least: { amount: lowest, currency }, whose: `guard.floor of the flow ${flow.id}` }]),
    ...(record.minimum && record.minimum.currency === currency
      ? [{ least: record.minimum, whose: 'the minimum its own record states' }]
      : []),
  ]
  const broken = told.find(({ least }) => money.compare(value, least) < 0)
  return (
    broken &&
    new KontorError('GUARD_TRIPPED', {
      message: `The price of ${record.sku} is ${value.amount} ${currency}, below ${broken.least.amount} ${currency}, ${broken.whose}. It was not sent; the other prices were. Correct it at its source, or lower the floor and "kontor deliveries retry" it.`,
      key: `flows.${flow.id}.guard.floor`,
      scope: 'record',
    })
  )
}
