import { KontorError, type Clock } from '@kontor/core'
import { mainSystem, warehousePackage } from './demo-systems.ts'

/** A warehouse that takes order and return files away, packs, receives, counts, and drops files that say so. */
export interface DemoWarehouse extends AsyncDisposable {
  /** Orders whose file was taken away. */
  taken(): number
  /** Returns whose goods came in. */
  received(): number
  /** Orders that were packed. */
  shipped(): number
  /** What it was given, or did, twice: states of an order, pieces of a line, returns, refunds. */
  doubled(): readonly string[]
}

interface Running extends AsyncDisposable {
  readonly truth: { readonly effects: readonly { what: string; key: string }[] }
}
interface Options {
  folder: string
  clock: Clock
  pace: number
  receiveReturns: boolean
  refunds: (goods: { key: string; resolution: string }) => boolean
  counts: (order: { key: string }) => boolean
}
type Start = (options: Options) => Running

const hasStart = (value: unknown): value is { startWarehouse: Start } =>
  typeof value === 'object' && value !== null && 'startWarehouse' in value && typeof value.startWarehouse === 'function'

/** Milliseconds to pack one order: a brisk warehouse. */
const pace = 25

export async function startDemoWarehouse(folder: string, clock: Clock): Promise<DemoWarehouse> {
  const module: unknown = await import(warehousePackage)
  if (!hasStart(module))
    throw new KontorError('INTERNAL', { message: `${warehousePackage} has no warehouse to start.` })
  const running = module.startWarehouse({
    folder,
    clock,
    pace,
    receiveReturns: true,
    refunds: ({ key, resolution }) => key.startsWith(`${mainSystem}/`) && resolution === 'refund',
    counts: ({ key }) => key.startsWith(`${mainSystem}/`),
  })
  const keys = (what: string): string[] =>
    running.truth.effects.filter((effect) => effect.what === what).map(({ key }) => key)
  return {
    taken: () => new Set(keys('order-taken')).size,
    shipped: () => new Set(keys('pieces-shipped').map((key) => key.split(' ')[0])).size,
    received: () => keys('return-received').length,
    doubled: () =>
      ['revision-taken', 'pieces-shipped', 'return-received', 'refund-ordered'].flatMap((what) => repeated(keys(what))),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

const repeated = (keys: readonly string[]): string[] => [
  ...new Set(keys.filter((key, index) => keys.indexOf(key) !== index)),
]
