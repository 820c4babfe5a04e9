import { defineSimulator, routesFor } from '@kontor/testkit/simulator'
import { z } from 'zod'

export interface StallOrder {
  id: number
  change: number
  state: string
  mail?: string
}
export interface StallWorld {
  orders: StallOrder[]
  changes: number
  repeats: boolean
}

const Options = z.strictObject({ pageSize: z.int().default(50).describe('orders on a page') })
const route = routesFor<StallWorld, z.output<typeof Options>>()
const TOKENS: Record<string, { stall: string; mayRead: boolean }> = {
  'stall-token-1': { stall: 'S-1', mayRead: true },
  'stall-token-2': { stall: 'S-2', mayRead: true },
  'stall-token-3': { stall: 'S-1', mayRead: false },
}
const ownerOf = (headers: Readonly<Record<string, string>>) =>
  TOKENS[(headers['authorization'] ?? '').slice('Bearer '.length)]

export const placeOrder = (world: StallWorld, mail = 'erika@example.com'): StallOrder => {
  const order = { id: 100 + world.orders.length, change: (world.changes += 1), state: 'new', mail }
  world.orders.push(order)
  return order
}

export const stallSimulator = defineSimulator<StallWorld, z.output<typeof Options>>({
  id: 'stall',
  title: 'Stall',
  options: Options,
  world: () => ({ orders: [], changes: 0, repeats: false }),
  limits: [{ name: 'all', limit: 50, per: '10s', kind: 'sliding', match: () => true }],
  before({ headers, path }) {
    const owner = ownerOf(headers)
    if (owner === undefined) return { status: 401, json: { error: 'token' } }
    return owner.mayRead || path === '/account' ? undefined : { status: 403, json: { error: 'may not' } }
  },
  routes: [
    route.get('/account', ({ headers }) => ({ json: ownerOf(headers) })),
    route.get('/orders', ({ world, query, options }) => {
      const after = Number(query.get('after'))
      const sorted = world.orders.toSorted((a, b) => a.change - b.change)
      const rest = sorted.filter(({ change }) => change > after)
      const orders = rest.slice(0, options.pageSize)
      const again = world.repeats ? sorted.filter(({ change }) => change <= after).slice(-2) : []
      return {
        json: {
          orders: [...again, ...orders],
          last: orders.at(-1)?.change ?? after,
          more: rest.length > orders.length,
        },
      }
    }),
  ],
})
