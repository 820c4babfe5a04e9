import { routesFor } from '@kontor/testkit/simulator'
import { doubled, listOf, v3Page } from '../answers.ts'
import { refundJson } from '../json.ts'
import type { Options } from '../options.ts'
import type { World } from '../world.ts'

const route = routesFor<World, Options>()

export const refundRoutes = [
  route.get('/stores/:store/v3/orders/payment_actions/refunds', ({ world, query }) => {
    const [ids, orders] = [listOf(query, 'id:in'), listOf(query, 'order_id:in')]
    const [from, to] = [Date.parse(query.get('created:min') ?? ''), Date.parse(query.get('created:max') ?? '')]
    const found = [...world.refunds.values()]
      .filter(
        ({ id, orderId }) =>
          (ids === undefined || ids.includes(String(id))) && (orders === undefined || orders.includes(String(orderId))),
      )
      .filter(({ created }) => (Number.isNaN(from) || created >= from) && (Number.isNaN(to) || created <= to))
      .toSorted((a, b) => a.id - b.id)
    return v3Page(doubled(found, world).map(refundJson), query)
  }),
]
