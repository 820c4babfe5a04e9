import { openEngine } from '../../engine/open-engine.ts'
import { writerSpecs } from '../../engine/office.ts'
import { pull, sinceOf } from '../../engine/pull.ts'
import { reconcile as reconcileOne, reconciled } from '../../engine/reconcile.ts'
import type { RunResult } from '../../engine/run.ts'
import { exitCodeOfAll } from '../exit-codes.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { engineOptions } from '../with-store.ts'

/** The nightly reconcile, now. */
export const reconcile: Registration = (program, act) =>
  void program
    .command('reconcile')
    .description(
      'compare the stock and prices that connections hold with what they ought to hold, and set right what differs',
    )
    .argument('[connections...]', 'only these')
    .action(
      act(async (cli, names: readonly string[]) => {
        await using opened = await openEngine(await engineOptions(cli))
        const { engine } = opened
        const unknown = names.filter((name) => !engine.offices.has(name))
        if (unknown.length > 0) throw new UsageError(`There is no connection ${unknown.join(', ')}.`)
        const results: { connection: string; writer: string; result: RunResult | undefined }[] = []
        for (const office of engine.offices.values()) {
          if (engine.paused.has(office.name) || (names.length > 0 && !names.includes(office.name))) continue
          for (const [writer, spec] of writerSpecs(office)) {
            if (reconciled(engine, office, writer, spec).length === 0) continue
            const readAgain = async (reader: string): Promise<void> => {
              const readerSpec = office.plugin.readers[reader]
              await pull(engine, {
                office,
                reader,
                spec: readerSpec,
                since: sinceOf(engine, office, readerSpec),
                signal: cli.signal,
              })
            }
            const result = await reconcileOne(engine, { office, writer, spec, signal: cli.signal, readAgain })
            results.push({ connection: office.name, writer, result })
          }
        }
        const shown = results.map(({ connection, writer, result }) => ({
          connection,
          writer,
          seen: result?.counts.read,
          corrections: result?.counts.changed,
          error: result?.error?.toJSON(),
        }))
        cli.out.result(shown, () => {
          if (shown.length === 0)
            return cli.out.print(
              'Nothing to compare: no flow brings stock or prices to a connection that can tell what it holds.',
            )
          cli.out.table(shown, [
            { title: 'CONNECTION', value: (row) => row.connection },
            { title: 'WRITER', value: (row) => row.writer },
            { title: 'HELD', value: (row) => row.seen },
            { title: 'SET RIGHT', value: (row) => row.corrections },
            {
              title: 'WHY NOT',
              value: (row) =>
                row.error
                  ? `${row.error.code}: ${row.error.message}`
                  : row.seen === undefined
                    ? 'a runner is at it'
                    : undefined,
              shrinkTo: 20,
            },
          ])
          cli.out.print(
            '\nWhat differs goes out with the next run. "kontor plan" shows it, "kontor skus" what has no counterpart.',
          )
        })
        return exitCodeOfAll(results.flatMap(({ result }) => result?.error ?? []))
      }),
    )
