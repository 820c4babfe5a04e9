import { KontorError } from '@kontor/core'
import { openEngine } from '../../../engine/open-engine.ts'
import { adoptBookings, checkLedger, type Checkup } from '../../../engine/rebuild.ts'
import { adopted, type ComparedBooking, type Difference } from '../../../loyalty/compare.ts'
import type { Cli } from '../../cli.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { namedConnections } from '../../names.ts'
import { pointsColumns, pointsRows } from '../../points-view.ts'
import type { Registration } from '../../registration.ts'
import { withConnected } from '../../with-connected.ts'
import { engineOptions, withStore } from '../../with-store.ts'
import { needPlans } from './plans.ts'

/** What a difference means and what becomes of it. */
const words: Readonly<Record<Difference, string>> = {
  missing_here: 'booked there, unknown here: is taken over',
  open_here: 'booked there, not confirmed here: is taken over',
  refused_here: 'booked there, taken for refused here: is taken over',
  different: 'other points there: theirs are taken over',
  missing_there: 'confirmed here, not listed there: look there',
  twice: 'booked twice there: look there',
  order_unknown: 'its order is not known here: "kontor backfill" reads it',
}

/** The ledger beside the programme's own books. It shows the differences, and takes them over only when told to. */
export const rebuild: Registration = (group, act) =>
  void group
    .command('rebuild')
    .description('compare the ledger with what the programme has booked; with --apply take that over')
    .option('--apply', 'take over what the programme has booked and the ledger does not know')
    .action(
      act(async (cli, { apply = false }: { apply?: boolean }) => {
        const checkups = await withStore(cli, async () => await checkAll(cli))
        const taken = apply ? await takeOver(cli, checkups) : 0
        show(cli, checkups, apply, taken)
        return exitCode(checkups)
      }),
    )

type Named = Checkup & { provider: string }

async function checkAll(cli: Cli): Promise<Named[]> {
  const config = await cli.config()
  const found: Named[] = []
  for (const plan of needPlans(config)) {
    const [connection] = namedConnections(config, plan.provider)
    if (connection === undefined) continue
    cli.screen.progress(`asking ${plan.provider} for its bookings`)
    const checkup = await withConnected(cli, config, connection, async ({ loyalty }) =>
      loyalty === undefined
        ? undefined
        : await withStore(cli, (store) => checkLedger(store, plan, loyalty, cli.signal)),
    )
    if (checkup === undefined)
      throw new KontorError('UNSUPPORTED', { message: `${plan.provider} does not tell what it has booked.` })
    found.push({ ...checkup, provider: plan.provider })
  }
  cli.screen.clear()
  return found
}

async function takeOver(cli: Cli, checkups: readonly Named[]): Promise<number> {
  if (checkups.every(({ differences }) => differences.length === 0)) return 0
  await using opened = await openEngine(await engineOptions(cli))
  let taken = 0
  for (const checkup of checkups) {
    const plan = opened.engine.loyalty.find(({ provider }) => provider === checkup.provider)
    if (plan) taken += await adoptBookings(opened.engine, plan, checkup)
  }
  return taken
}

function show(cli: Cli, checkups: readonly Named[], apply: boolean, taken: number): void {
  const { out } = cli
  const document = checkups.map(({ provider, orders, same, differences, next }) => ({
    provider,
    orders,
    same,
    differences: differences.map(({ booked: _booked, ...each }) => each),
    next,
  }))
  out.result({ applied: apply, taken, ledgers: document }, () => {
    for (const { provider, orders, same, differences, next } of checkups) {
      out.print(`${out.paint.bold(provider)}: ${orders} orders, ${same} bookings agree, ${differences.length} differ.`)
      if (differences.length > 0)
        out.table<ComparedBooking>(differences, [
          { title: 'ORDER', value: (row) => row.order, shrinkTo: 12 },
          { title: 'BOOKING', value: (row) => row.id, shrinkTo: 16 },
          { title: 'KIND', value: (row) => row.kind },
          { title: 'HERE', value: (row) => row.here },
          { title: 'THERE', value: (row) => row.there },
          { title: 'SO', value: (row) => words[row.difference], shrinkTo: 20 },
        ])
      if (next.length === 0) continue
      out.print(`\n${out.paint.bold(apply ? 'Then to be booked' : 'Would then be booked')}`)
      out.table(pointsRows(next), pointsColumns)
    }
    const open = checkups
      .flatMap(({ differences }) => differences)
      .filter(({ difference }) => adopted.includes(difference))
    if (apply) out.print(`${taken} bookings were taken over.`)
    else if (open.length > 0)
      out.print(`Nothing was changed. "kontor loyalty rebuild --apply" takes ${open.length} over.`)
  })
}

/** What only a person can settle. */
const exitCode = (checkups: readonly Named[]): ExitCode =>
  checkups.some(({ differences }) => differences.some(({ difference }) => !adopted.includes(difference))) ? 4 : 0
