import { randomUUID } from 'node:crypto'
import { KontorError } from '@kontor/core'
import { didYouMean, listed } from '../../../config/index.ts'
import type { LoyaltyPlan } from '../../../engine/ledger-facts.ts'
import { askForRedemption, listRedemptions, withdrawRedemption } from '../../../engine/redeem.ts'
import { redemptionAt, type RedemptionAt } from '../../../engine/redemptions.ts'
import { normalizeEmail } from '../../../loyalty/member.ts'
import { redemptionOf } from '../../../loyalty/redemption-key.ts'
import { splitKey } from '../../../store/records.ts'
import type { Store } from '../../../store/store.ts'
import type { Cli } from '../../cli.ts'
import { namedConnections } from '../../names.ts'
import type { Registration } from '../../registration.ts'
import { parseCount } from '../../time.ts'
import { UsageError } from '../../usage-error.ts'
import { withConnected } from '../../with-connected.ts'
import { withStore } from '../../with-store.ts'
import { needPlans } from './plans.ts'

interface Offered {
  provider: string
  id: string
  name: string
  points: string
  available: boolean
  redeemable: string | undefined
}

/** What the programme offers, and under which name the config makes a code of it. */
export const rewards: Registration = (group, act) =>
  void group
    .command('rewards')
    .description('the rewards of the programme, and which of them become discount codes')
    .option('--member <member>', 'e-mail address or id of a member: what is there for this one')
    .action(
      act(async (cli, { member }: { member?: string }) => {
        const config = await cli.config()
        const found: Offered[] = []
        for (const { provider, rules } of needPlans(config)) {
          const [connection] = namedConnections(config, provider)
          if (connection === undefined) continue
          const offered = await withConnected(cli, config, connection, async ({ loyalty }) => {
            if (loyalty?.rewards === undefined)
              throw new KontorError('UNSUPPORTED', { message: `${provider} does not say what it offers.` })
            const known = member === undefined ? undefined : await loyalty.member(memberOf(member), cli.signal)
            if (member !== undefined && known === undefined)
              throw new KontorError('NOT_FOUND', { message: `${provider} does not know this member.` })
            return await loyalty.rewards(known?.id ?? '', cli.signal)
          })
          const names = new Map(Object.entries(rules.redeem.rewards).map(([name, { reward }]) => [reward, name]))
          found.push(...offered.map((each) => ({ provider, ...each, redeemable: names.get(each.id) })))
        }
        cli.out.result(found, () =>
          cli.out.table(found, [
            { title: 'PROVIDER', value: (row) => row.provider },
            { title: 'REWARD', value: (row) => row.name, shrinkTo: 14 },
            { title: 'POINTS', value: (row) => row.points },
            { title: 'AVAILABLE', value: (row) => (row.available ? 'yes' : 'no') },
            { title: 'NAME IN THE CONFIG', value: (row) => row.redeemable },
            { title: 'ID', value: (row) => row.id, shrinkTo: 12 },
          ]),
        )
      }),
    )

interface RedeemOptions {
  member: string
  id?: string
}

/** Written down here, carried out by a runner: points first, then the code. */
export const redeem: Registration = (group, act) =>
  void group
    .command('redeem')
    .description('turn points of a member into a discount code of the shop')
    .argument('<reward>', 'its name in the config (loyalty.redeem.rewards)')
    .requiredOption('--member <member>', 'e-mail address or id of the member')
    .option('--id <id>', 'an id of your own for this redemption: asked for twice, it is done once')
    .action(
      act(async (cli, name: string, { member, id = randomUUID() }: RedeemOptions) => {
        if (!/^[A-Za-z0-9._-]{1,80}$/.test(id))
          throw new UsageError('--id takes at most 80 letters, digits, dots, dashes and underscores.')
        const { plan, reward } = rewardOf(needPlans(await cli.config()), name)
        const key = `${plan.provider}/r-${id}`
        const { isNew } = await withStore(cli, (store) =>
          askForRedemption(store, plan, { key, reward, member: memberOf(member) }),
        )
        cli.out.result({ redemption: key, isNew }, () => {
          cli.out.print(isNew ? `Redemption ${key} is written down.` : `Redemption ${key} was asked for before.`)
          cli.out.print(`A runner carries it out. "kontor loyalty redemptions ${key} --full" shows its code.`)
        })
      }),
    )

interface Shown {
  full?: boolean
  limit: number
}

/** Where each redemption stands. Codes are as good as money, and members are people: both only on demand. */
export const redemptions: Registration = (group, act) =>
  void group
    .command('redemptions')
    .description('rewards that became discount codes, or are on their way')
    .argument('[redemption]', 'only this one')
    .option('--full', 'with the code and the member')
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .action(
      act(
        async (cli, key: string | undefined, { full = false, limit }: Shown) =>
          await withStore(cli, async (store) => {
            const plans = needPlans(await cli.config())
            const found: RedemptionAt[] = []
            if (key === undefined) for (const plan of plans) found.push(...(await listRedemptions(store, plan, limit)))
            else found.push(await oneRedemption(cli, store, plans, key))
            const rows = found.map((each) => rowOf(each, full))
            cli.out.result(rows, () => {
              if (rows.length === 0) return cli.out.print('No reward has been redeemed.')
              cli.out.table(rows, [
                { title: 'REDEMPTION', value: (row) => row.redemption, shrinkTo: 14 },
                { title: 'POINTS', value: (row) => row.points },
                { title: 'STATE', value: (row) => row.state },
                { title: 'CODE', align: 'left', value: (row) => row.code },
                ...(full ? [{ title: 'MEMBER', value: (row: (typeof rows)[number]) => row.member }] : []),
                { title: 'EXPIRES', value: (row) => row.expiresAt?.slice(0, 10) },
                { title: 'WHY', value: (row) => row.because, shrinkTo: 20 },
                {
                  title: 'LOOK',
                  value: (row) => row.problems.join('; '),
                  shrinkTo: 16,
                  paint: () => 'yellow' as const,
                },
              ])
            })
          }),
      ),
    )

/** Written down here, carried out by a runner: the code first, then the points. */
export const withdraw: Registration = (group, act) =>
  void group
    .command('withdraw')
    .description('make an unused code invalid and give its points back')
    .argument('<redemption>', 'as "kontor loyalty redemptions" shows it')
    .action(
      act(
        async (cli, key: string) =>
          await withStore(cli, async (store) => {
            const found = await oneRedemption(cli, store, needPlans(await cli.config()), key)
            const { state, because } = found.step
            const final = state === 'given_back' || state === 'giving_back' || state === 'refused'
            const used = found.facts.spent !== undefined || found.facts.coupon?.used === true
            if (!final && !used) await withdrawRedemption(store, found)
            cli.out.result({ redemption: key, withdrawn: !final && !used, state }, () =>
              cli.out.print(
                used
                  ? `Nothing was changed: ${because}.`
                  : final
                    ? `Nothing to withdraw: ${because}.`
                    : `Redemption ${key} is to be withdrawn. A runner carries it out.`,
              ),
            )
          }),
      ),
    )

const memberOf = (text: string): { id?: string; email?: string } => {
  if (!text.includes('@')) return { id: text }
  const email = normalizeEmail(text)
  if (email === undefined) throw new UsageError('--member takes one e-mail address, or the id of a member.')
  return { email }
}

function rewardOf(
  plans: readonly LoyaltyPlan[],
  name: string,
): { plan: LoyaltyPlan; reward: LoyaltyPlan['rules']['redeem']['rewards'][string] } {
  const found = plans.flatMap((plan) => {
    const reward = plan.rules.redeem.rewards[name]
    return reward === undefined ? [] : [{ plan, reward }]
  })
  if (found[0] !== undefined && found.length === 1) return found[0]
  const names = plans.flatMap(({ rules }) => Object.keys(rules.redeem.rewards))
  if (found.length > 1)
    throw new UsageError(`"${name}" is a reward of several loyalty flows. Give them different names in the config.`)
  throw new UsageError(
    names.length === 0
      ? 'The config makes no codes of rewards yet (loyalty.redeem.rewards). "kontor loyalty rewards" lists what the programme offers.'
      : `There is no reward "${name}" in the config; there are: ${listed(names, 'and')}.${didYouMean(name, names)}`,
  )
}

async function oneRedemption(
  cli: Cli,
  store: Store,
  plans: readonly LoyaltyPlan[],
  key: string,
): Promise<RedemptionAt> {
  const plan = plans.find(({ provider }) => provider === splitKey(key)?.connection)
  const found =
    plan && redemptionOf(`${key}:redeem`) === key
      ? await redemptionAt(store.db, store.sealer, plan, key, cli.clock.now())
      : undefined
  if (found !== undefined) return found
  throw new UsageError(`There is no redemption ${key}. "kontor loyalty redemptions" lists them.`)
}

const masked = (code: string): string => `…${code.slice(-4)}`

function rowOf({ redemption, facts, step, code, foreign, problems }: RedemptionAt, full: boolean) {
  const { key, reward, member, discount } = redemption
  return {
    redemption: key,
    reward: reward.id,
    points: reward.points,
    state: step.state,
    because: step.because,
    code: code === undefined ? undefined : full ? code : masked(code),
    ...(full ? { member: member.email ?? member.id ?? undefined } : {}),
    expiresAt: discount.expiresAt ?? undefined,
    order: facts.spent?.order,
    problems: [
      ...problems,
      ...(foreign ? [`used by somebody else than the member (${facts.spent?.order ?? ''})`] : []),
    ],
  }
}
