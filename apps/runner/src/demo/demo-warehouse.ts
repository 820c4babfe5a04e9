import { KontorError, type Clock } from '@kontor/core'
import { demoPackages } from './demo-config.ts'

/** A warehouse that takes order files away, ships them and drops shipment files. */
export interface DemoWarehouse extends AsyncDisposable {
  taken(): number
  shipped(): number
  /** Orders it was given more than once without a change. */
  doubled(): readonly string[]
}

interface Running extends AsyncDisposable {
  readonly truth: { count(what: string): number; doubled(what: string): readonly string[] }
}
type Start = (options: {
  folder: string
  clock: Clock
  pace: { everyMs: number; perRound: number }
}) => Promise<Running>

const hasStart = (value: unknown): value is { startWarehouse: Start } =>
  typeof value === 'object' && value !== null && 'startWarehouse' in value && typeof value.startWarehouse === 'function'

export async function startDemoWarehouse(folder: string, clock: Clock): Promise<DemoWarehouse> {
  const module: unknown = await import(demoPackages.warehouse)
  if (!hasStart(module))
    throw new KontorError('INTERNAL', { message: `${demoPackages.warehouse} has no warehouse to start.` })
  const running = await module.startWarehouse({ folder, clock, pace: { everyMs: 300, perRound: 40 } })
  return {
    taken: () => running.truth.count('taken'),
    shipped: () => running.truth.count('shipped'),
    doubled: () => running.truth.doubled('taken'),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}
