import { plan as planOnce } from '../../engine/runner.ts'
import { exitCodeOfAll } from '../exit-codes.ts'
import { pointsColumns, pointsRows } from '../points-view.ts'
import { showProgress } from '../progress.ts'
import type { Registration } from '../registration.ts'
import { engineOptions } from '../with-store.ts'
import { deliveryColumns, deliveryDocument } from './deliveries-view.ts'

/** What a run would do. Everything is read, nothing is changed anywhere. */
export const plan: Registration = (program, act) =>
  void program
    .command('plan')
    .description('what a run would do, without doing it')
    .action(
      act(async (cli) => {
        const result = await planOnce({
          ...(await engineOptions(cli)),
          signal: cli.signal,
          progress: showProgress(cli),
        })
        cli.screen.clear()
        const now = cli.clock.now()
        cli.out.result({ ...result, deliveries: result.deliveries.map(deliveryDocument) }, () => {
          const { out } = cli
          const changed = result.reads.filter((each) => each.changed > 0 || each.rejected > 0)
          out.print(out.paint.bold(changed.length === 0 ? 'Nothing new would be read.' : 'Would be read'))
          if (changed.length > 0)
            out.table(changed, [
              { title: 'CONNECTION', value: (row) => row.connection },
              { title: 'READER', value: (row) => row.part },
              { title: 'READ', value: (row) => row.read },
              { title: 'NEW OR CHANGED', value: (row) => row.changed },
              {
                title: 'REJECTED',
                value: (row) => row.rejected,
                paint: (row) => (row.rejected > 0 ? 'yellow' : undefined),
              },
            ])
          out.print(
            `\n${out.paint.bold(result.calls.length === 0 ? 'No call with an effect would be made.' : `Would be called (${result.calls.length})`)}`,
          )
          if (result.calls.length > 0)
            out.table(result.calls, [
              { title: 'CONNECTION', value: (row) => row.connection },
              { title: 'DOING', value: (row) => row.doing, shrinkTo: 16 },
              { title: 'CALL', value: (row) => `${row.method} ${row.url}`, shrinkTo: 20 },
              { title: 'EFFECT', value: (row) => row.effect },
              { title: 'DELIVERIES', value: (row) => row.keys.length },
            ])
          if (result.states.length > 0) {
            out.print(`\n${out.paint.bold(`Stock and prices that would change (${result.states.length})`)}`)
            out.table(result.states, [
              { title: 'SKU', value: (row) => row.sku, shrinkTo: 12 },
              { title: 'AT', value: (row) => (row.market ? `${row.destination} ${row.market}` : row.destination) },
              { title: 'OF', value: (row) => row.entity },
              { title: 'BEFORE', value: (row) => row.before ?? 'not known' },
              { title: 'AFTER', value: (row) => row.after },
              {
                title: 'WOULD NOT GO OUT',
                value: (row) => row.error && `${row.error.code}: ${row.error.message}`,
                shrinkTo: 20,
                paint: () => 'yellow',
              },
            ])
          }
          if (result.staying.length > 0) {
            out.print(`\n${out.paint.bold('Orders that would go nowhere')}`)
            out.table(result.staying, [
              { title: 'CONNECTION', value: (row) => row.connection },
              { title: 'ORDERS', value: (row) => row.orders },
              { title: 'BECAUSE', value: (row) => row.reason, shrinkTo: 20 },
            ])
          }
          if (result.points.length > 0) {
            out.print(`\n${out.paint.bold('Points')}`)
            out.table(pointsRows(result.points), pointsColumns)
          }
          if (result.failures.length > 0) {
            out.print(`\n${out.paint.red('Not whole: something could not be read or asked.')}`)
            for (const failure of result.failures) out.print(`  ${failure.code}  ${failure.message}`)
          }
          const stopped = result.deliveries.filter(
            (each) =>
              each.state === 'refused' || each.state === 'parked' || each.state === 'waiting' || each.state === 'held',
          )
          if (stopped.length === 0) return
          out.print(`\n${out.paint.bold(`Would not go out (${stopped.length})`)}`)
          out.table(stopped, deliveryColumns(now))
        })
        return exitCodeOfAll(result.failures)
      }),
    )
