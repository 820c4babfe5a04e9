import { KontorError } from '@kontor/core'
import { explainPoints } from '../../../engine/ledger-facts.ts'
import { explanationLines } from '../../../loyalty/explanation.ts'
import { findOrders } from '../../../store/queries.ts'
import type { Registration } from '../../registration.ts'
import { withStore } from '../../with-store.ts'

/** Why these points. */
export const explainPointsOf: Registration = (group, act) =>
  void group
    .command('explain')
    .description('why an order has the points it has: value, refunds, rule, rounding, what is booked')
    .argument('<order>', 'its key (connection/id), its id, or a number')
    .action(
      act(
        async (cli, text: string) =>
          await withStore(cli, async (store) => {
            const config = await cli.config()
            const found = await findOrders(store, text)
            if (found.length === 0)
              throw new KontorError('ORDER_UNKNOWN', {
                message: `No order goes by "${text}". "kontor orders" lists those that have been read.`,
              })
            const plans = config.loyalty.flatMap((plan) =>
              found.filter(({ connection }) => connection === plan.shop).map((order) => ({ plan, order })),
            )
            if (plans.length === 0)
              throw new KontorError('CONFIG_INVALID', {
                message: `No loyalty flow in the config is about the orders of ${found.map(({ connection }) => connection).join(', ')}.`,
                key: 'flows',
              })
            const explained = await Promise.all(
              plans.map(({ plan, order }) =>
                explainPoints(store.db, plan, `${order.connection}/${order.id}`, cli.clock.now()),
              ),
            )
            const explanations = explained.flatMap((each) => each ?? [])
            cli.out.result(explanations, () => {
              for (const line of explanations.flatMap(explanationLines)) cli.out.print(line)
            })
          }),
      ),
    )
