import { backfillPoints } from '../../../engine/points-backfill.ts'
import { exitCodeOfAll } from '../../exit-codes.ts'
import { pointsColumns, pointsRows } from '../../points-view.ts'
import { showProgress } from '../../progress.ts'
import type { Registration } from '../../registration.ts'
import { parseTime } from '../../time.ts'
import { UsageError } from '../../usage-error.ts'
import { engineOptions } from '../../with-store.ts'
import { needPlans } from './plans.ts'

const time = (text: string): number => parseTime(text, Date.now())

interface Options {
  from: number
  to?: number
  plan?: boolean
}

/** Points for orders of the past. Those that have theirs keep them: it may be repeated. */
export const backfillPointsFrom: Registration = (group, act) =>
  void group
    .command('backfill')
    .description('give the orders of the past the points they should have, their refunds reckoned in')
    .requiredOption('--from <time>', 'orders placed since: a day, an instant, or how long ago (30d)', time)
    .option('--to <time>', 'and before; default: now', time)
    .option('--plan', 'show what would be booked, and book nothing')
    .action(
      act(async (cli, { from, to = cli.clock.now(), plan = false }: Options) => {
        if (from >= to) throw new UsageError('--from must be before --to.')
        needPlans(await cli.config())
        const { orders, planned, failures } = await backfillPoints(
          { ...(await engineOptions(cli)), signal: cli.signal, progress: showProgress(cli) },
          { from, to },
          plan,
        )
        cli.screen.clear()
        const rows = pointsRows(planned)
        cli.out.result({ plan, orders, planned, failures: failures.map((error) => error.toJSON()) }, () => {
          if (rows.length > 0) cli.out.table(rows, pointsColumns)
          cli.out.print(
            `${orders} orders of that time; ${planned.length === 0 ? 'nothing is to be booked' : `for ${planned.length} of them points ${plan ? 'would be' : 'are to be'} booked`}.${plan || planned.length === 0 ? '' : ' A runner does it: "kontor run".'}`,
          )
          for (const error of failures) cli.out.print(`${cli.out.paint.red(error.code)}  ${error.message}`)
        })
        return exitCodeOfAll(failures)
      }),
    )
