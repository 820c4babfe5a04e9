import { KontorError, type Clock } from '@kontor/core'
import { demoPackages } from './demo-config.ts'

/** A warehouse that takes order files away, packs them and drops shipment files. */
export interface DemoWarehouse extends AsyncDisposable {
  /** Orders whose file was taken away. */
  taken(): number
  /** Orders that were packed. */
  shipped(): number
  /** What it was given or had to pack twice: states of an order, pieces of a line. */
  doubled(): readonly string[]
}

interface Running extends AsyncDisposable {
  readonly truth: { readonly effects: readonly { what: string; key: string }[] }
}
type Start = (options: { folder: string; clock: Clock; pace: number }) => Running

const hasStart = (value: unknown): value is { startWarehouse: Start } =>
  typeof value === 'object' && value !== null && 'startWarehouse' in value && typeof value.startWarehouse === 'function'

/** Milliseconds to pack one order: a brisk warehouse. */
const pace = 25

export async function startDemoWarehouse(folder: string, clock: Clock): Promise<DemoWarehouse> {
  const module: unknown = await import(demoPackages.warehouse)
  if (!hasStart(module))
    throw new KontorError('INTERNAL', { message: `${demoPackages.warehouse} has no warehouse to start.` })
  const running = module.startWarehouse({ folder, clock, pace })
  const keys = (what: string): string[] =>
    running.truth.effects.filter((effect) => effect.what === what).map(({ key }) => key)
  return {
    taken: () => new Set(keys('order-taken')).size,
    shipped: () => new Set(keys('pieces-shipped').map((key) => key.split(' ')[0])).size,
    doubled: () => ['revision-taken', 'pieces-shipped'].flatMap((what) => repeated(keys(what))),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

const repeated = (keys: readonly string[]): string[] => [
  ...new Set(keys.filter((key, index) => keys.indexOf(key) !== index)),
]
