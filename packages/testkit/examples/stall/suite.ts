import type { Suite } from '@kontor/testkit'
import type { RunningSimulator } from '@kontor/testkit/simulator'
import { placeOrder, stallSimulator, type StallOrder, type StallWorld } from './simulator.ts'

type System = RunningSimulator<StallWorld>

const refOf = ({ id }: StallOrder) => ({ entity: 'orders', id: String(id) }) as const
const at = ({ world }: System, { id }: { id: string }): StallOrder => {
  const order = world.orders.find((one) => String(one.id) === id)
  if (order === undefined) throw new RangeError('no such order')
  return order
}
const touch = ({ world }: System, order: StallOrder) => void (order.change = world.changes += 1)

/** What the kit cannot know: how things come about in this system. */
export const stallSuite: Suite<System> = {
  simulator: { start: (settings) => stallSimulator.start({ ...settings, options: { pageSize: 7 } }) },
  connection: ({ url }) => ({ config: { url }, credentials: { token: 'stall-token-1' } }),
  module: new URL('./plugin.ts', import.meta.url).href,
  scenarios: {
    access: {
      wrong: ({ url }) => ({ config: { url }, credentials: { token: 'stall-token-9' } }),
      forbidden: ({ url }) => ({ config: { url }, credentials: { token: 'stall-token-3' } }),
      otherAccount: ({ url }) => ({ config: { url }, credentials: { token: 'stall-token-2' } }),
    },
    readers: {
      orders: {
        create: ({ world }, count) => Array.from({ length: count }, () => refOf(placeOrder(world))),
        change(system, ref) {
          at(system, ref).state = 'sent'
          touch(system, at(system, ref))
        },
        malform: (system, ref) => void delete at(system, ref).mail,
        unknownStatus: (system, ref) => void (at(system, ref).state = 'levitating'),
        disorder: ({ world }) => void (world.repeats = true),
        plant: ({ world }, { email }) => refOf(placeOrder(world, email)),
      },
    },
  },
}
