import { KontorError } from '@kontor/core'
import { beginnings, whyNowhere } from '../../engine/choose.ts'
import { findOrders, traceOrder, type DeliveryView } from '../../store/queries.ts'
import type { Cli } from '../cli.ts'
import type { Registration } from '../registration.ts'
import { explainDecision } from '../explain-decision.ts'
import { ago, instantText } from '../time.ts'
import { withStore } from '../with-store.ts'
import { deliveryColumns, deliveryDocument } from './deliveries-view.ts'
import { factsOf, type OrderFacts, type StoredOrder } from './orders-view.ts'

/** The way of one order: who told what, where it went, what waits and why. */
export const trace: Registration = (program, act) =>
  void program
    .command('trace')
    .description('the way of one order')
    .argument('<order>', 'its key (connection/id), its id, or a number')
    .action(
      act(
        async (cli, text: string) =>
          await withStore(cli, async (store) => {
            const order = only(text, await findOrders(store, text))
            const facts = factsOf(order)
            const { deliveries, about, links } = await traceOrder(store, facts.key)
            const config = await cli.config()
            const decision = await explainDecision(config, store, order)
            const delivered = deliveries.some(({ entity }) => entity === 'orders')
            const nowhere = delivered
              ? undefined
              : whyNowhere(config.flows, await beginnings(store.db, cli.clock.now()), order)
            const told = about.map(({ key, entity, revision, updatedAt }) => ({ key, entity, revision, updatedAt }))
            cli.out.result(
              {
                order: { ...facts, notShippable: facts.notShippable ?? nowhere },
                decision,
                about: told.map(({ updatedAt, ...each }) => ({ ...each, updatedAt: instantText(updatedAt) })),
                deliveries: deliveries.map(deliveryDocument),
                links,
              },
              () =>
                show(cli, order, {
                  facts: { ...facts, notShippable: facts.notShippable ?? nowhere },
                  decision,
                  told,
                  deliveries,
                }),
            )
          }),
      ),
    )

export function only(text: string, found: readonly StoredOrder[]): StoredOrder {
  const [first, ...others] = found
  if (!first)
    throw new KontorError('ORDER_UNKNOWN', {
      message: `No order goes by "${text}". It may not have been read yet; "kontor orders" lists those that have.`,
    })
  if (others.length === 0) return first
  const keys = found.map(({ connection, id }) => `${connection}/${id}`)
  throw new KontorError('ORDER_AMBIGUOUS', {
    message: `${found.length} orders go by "${text}": ${keys.join(', ')}. Name one by its key.`,
  })
}

interface Told {
  key: string
  entity: string
  revision: number
  updatedAt: number
}

function show(
  { out, clock }: Cli,
  order: StoredOrder,
  {
    facts,
    decision,
    told,
    deliveries,
  }: {
    facts: OrderFacts
    decision: string | undefined
    told: readonly Told[]
    deliveries: readonly DeliveryView[]
  },
): void {
  const now = clock.now()
  const axes = [facts.lifecycle, facts.payment, facts.acceptance, facts.fulfilment].filter((axis) => axis !== undefined)
  out.print(out.paint.bold(`Order ${facts.key}`))
  out.print(
    `  ${[facts.numbers.length > 0 ? `numbers ${facts.numbers.join(', ')}` : '', facts.total ?? '', `${facts.lines} lines, ${facts.open} pieces to ship`].filter((part) => part !== '').join(' · ')}`,
  )
  out.print(`  ${axes.join(' · ')}`)
  out.print(
    `  ${facts.notShippable === undefined ? out.paint.green('goes to a warehouse') : out.paint.yellow(`does not go to a warehouse: ${facts.notShippable}`)}`,
  )
  if (decision !== undefined) out.print(`  ${out.paint.yellow(decision)}`)
  out.print(`\n${out.paint.bold('Told')}`)
  out.table(
    [{ key: facts.key, entity: 'orders', revision: facts.revision, updatedAt: order.updatedAt }, ...told].toSorted(
      (a, b) => a.updatedAt - b.updatedAt,
    ),
    [
      { title: 'RECORD', value: (row) => row.key, shrinkTo: 14 },
      { title: 'ENTITY', value: (row) => row.entity },
      { title: 'REVISION', value: (row) => row.revision },
      { title: 'LAST CHANGE', value: (row) => ago(row.updatedAt, now) },
    ],
  )
  out.print(`\n${out.paint.bold(deliveries.length === 0 ? 'Delivered nowhere' : 'Deliveries')}`)
  if (deliveries.length > 0)
    out.table(
      deliveries.toSorted((a, b) => a.createdAt - b.createdAt),
      deliveryColumns(now),
    )
}
