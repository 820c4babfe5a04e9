import { beginnings, whyNowhere } from '../../engine/choose.ts'
import { deliveredOrders, listOrders } from '../../store/queries.ts'
import { namedConnections } from '../names.ts'
import type { Registration } from '../registration.ts'
import { ago, parseCount } from '../time.ts'
import { withStore } from '../with-store.ts'
import { factsOf, shipByText } from './orders-view.ts'

interface Filter {
  connection?: string
  sku?: string
  limit: number
  full?: boolean
}

/** The orders that are known, and why one does not go out. */
export const orders: Registration = (program, act) =>
  void program
    .command('orders')
    .description('orders, and why one does not go out')
    .argument('[number]', 'key (connection/id), id or number of an order')
    .option('--connection <name>', 'only of this connection')
    .option('--sku <sku>', 'only with this SKU')
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .option('--full', 'with --json: the whole record, the buyer too')
    .action(
      act(
        async (cli, number: string | undefined, { connection, sku, limit, full }: Filter) =>
          await withStore(cli, async (store) => {
            const config = await cli.config()
            if (connection !== undefined) namedConnections(config, connection)
            const found = await listOrders(store, { number, connection, sku, limit })
            const now = cli.clock.now()
            const [delivered, begins] = [await deliveredOrders(store, found), await beginnings(store.db, now)]
            const shown = found.map((order) => {
              const facts = factsOf(order)
              return delivered.has(facts.key)
                ? facts
                : { ...facts, notShippable: facts.notShippable ?? whyNowhere(config.flows, begins, order) }
            })
            cli.out.result(
              shown.map((each, index) => ({ ...each, ...(full ? { record: found[index]?.record } : {}) })),
              () => {
                if (found.length === 0)
                  return cli.out.print(number === undefined ? 'No orders yet.' : `No order goes by ${number}.`)
                cli.out.table(shown, [
                  { title: 'ORDER', value: (row) => row.key, shrinkTo: 14 },
                  {
                    title: 'NUMBER',
                    align: 'left',
                    value: (row) => row.numbers.filter((each) => !row.key.endsWith(`/${each}`)).join(', '),
                    shrinkTo: 8,
                  },
                  {
                    title: 'PLACED',
                    value: (row) => (row.orderedAt === undefined ? undefined : ago(Date.parse(row.orderedAt), now)),
                  },
                  { title: 'STATE', value: (row) => row.lifecycle },
                  { title: 'PAYMENT', value: (row) => row.payment },
                  { title: 'SHIPPING', value: (row) => row.fulfilment },
                  { title: 'SHIP BY', value: (row) => row.shipBy && shipByText(row.shipBy, now) },
                  { title: 'OPEN', value: (row) => row.open },
                  { title: 'TOTAL', align: 'right', value: (row) => row.total },
                  { title: 'NOT SHIPPED BECAUSE', value: (row) => row.notShippable, shrinkTo: 16, paint: () => 'dim' },
                ])
              },
            )
          }),
      ),
    )
