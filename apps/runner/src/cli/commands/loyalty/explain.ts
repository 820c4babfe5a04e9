import { isKontorError, KontorError } from '@kontor/core'
import type { Config } from '../../../config/index.ts'
import { explainPoints, type LoyaltyPlan } from '../../../engine/ledger-facts.ts'
import { explainMember, sumLeft } from '../../../engine/member-points.ts'
import { redemptionsOf } from '../../../engine/redeem.ts'
import { explanationLines, type Explanation } from '../../../loyalty/explanation.ts'
import { normalizeEmail } from '../../../loyalty/member.ts'
import { findOrders } from '../../../store/queries.ts'
import type { Store } from '../../../store/store.ts'
import type { Cli } from '../../cli.ts'
import { namedConnections } from '../../names.ts'
import type { Registration } from '../../registration.ts'
import { withConnected } from '../../with-connected.ts'
import { withStore } from '../../with-store.ts'
import { needPlans } from './plans.ts'

/** Why these points. */
export const explainPointsOf: Registration = (group, act) =>
  void group
    .command('explain')
    .description('why these points: value, refunds, rule, rounding, what is booked; of an order, or of a member')
    .argument('<order|member>', 'key (connection/id), id or number of an order; e-mail address or id of a member')
    .action(
      act(
        async (cli, text: string) =>
          await withStore(cli, async (store) => {
            const config = await cli.config()
            const orders = text.includes('@') ? [] : await explainOrders(cli, store, needPlans(config), text)
            if (orders.length > 0)
              return cli.out.result(orders, () => {
                for (const line of orders.flatMap(explanationLines)) cli.out.print(line)
              })
            await showMember(cli, store, config, text)
          }),
      ),
    )

async function explainOrders(
  cli: Cli,
  store: Store,
  plans: readonly LoyaltyPlan[],
  text: string,
): Promise<Explanation[]> {
  const found = await findOrders(store, text)
  if (found.length === 0) return []
  const wanted = plans.flatMap((plan) =>
    found.filter(({ connection }) => connection === plan.shop).map((order) => ({ plan, order })),
  )
  if (wanted.length === 0)
    throw new KontorError('CONFIG_INVALID', {
      message: `No loyalty flow in the config is about the orders of ${found.map(({ connection }) => connection).join(', ')}.`,
      key: 'flows',
    })
  const explained = await Promise.all(
    wanted.map(({ plan, order }) => explainPoints(store.db, plan, `${order.connection}/${order.id}`, cli.clock.now())),
  )
  return explained.flatMap((each) => each ?? [])
}

interface MemberPoints {
  provider: string
  /** Of the orders alone. */
  left: string
  /** What the programme says; absent where it cannot be asked, or does not know the member. */
  balance: string | undefined
  orders: Explanation[]
  rewards: { redemption: string; points: string; state: string; because: string }[]
}

/** Each order, what they come to, and what the programme says beside it: points given there by others are its own affair. */
async function showMember(cli: Cli, store: Store, config: Config, who: string): Promise<void> {
  const email = normalizeEmail(who)
  const asked = email === undefined ? { id: who } : { email }
  const members: MemberPoints[] = []
  for (const plan of needPlans(config)) {
    const orders = await explainMember(store, plan, who)
    const rewards = await redemptionsOf(store, plan, asked)
    if (orders.length > 0 || rewards.length > 0)
      members.push({
        provider: plan.provider,
        left: sumLeft(orders),
        balance: await balanceOf(cli, config, plan, asked),
        orders,
        rewards: rewards.map(({ redemption, step }) => ({
          redemption: redemption.key,
          points: redemption.reward.points,
          state: step.state,
          because: step.because,
        })),
      })
  }
  if (members.length === 0)
    throw new KontorError('ORDER_UNKNOWN', {
      message: `No order and no member with points goes by "${who}". "kontor orders" lists the orders that have been read.`,
    })
  cli.out.result(members, () => {
    for (const { provider, left, balance, orders, rewards } of members) {
      for (const line of orders.flatMap(explanationLines)) cli.out.print(line)
      for (const { redemption, points, state, because } of rewards)
        cli.out.print(`${redemption}: a reward for ${points} points (${state}: ${because})`)
      cli.out.print(
        `${left} points by ${orders.length} orders${rewards.length > 0 ? `, before ${rewards.length} rewards` : ''}; ${provider} says ${balance ?? 'nothing'}`,
      )
    }
  })
}

/** A programme that cannot be asked is no reason to say nothing. */
async function balanceOf(
  cli: Cli,
  config: Config,
  { provider }: LoyaltyPlan,
  asked: { id?: string; email?: string },
): Promise<string | undefined> {
  const [connection] = namedConnections(config, provider)
  if (connection === undefined) return undefined
  try {
    return await withConnected(cli, config, connection, async ({ loyalty }) => {
      const member = await loyalty?.member(asked, cli.signal)
      return member && (await loyalty?.balance(member.id, cli.signal))?.points
    })
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.code === 'ABORTED') throw thrown
    cli.log.warn(thrown.message, { connection: provider, code: thrown.code })
    return undefined
  }
}
