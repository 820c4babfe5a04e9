import { backfill as readPast } from '../../engine/backfill.ts'
import { exitCodeOfAll } from '../exit-codes.ts'
import { namedConnections } from '../names.ts'
import { showProgress } from '../progress.ts'
import type { Registration } from '../registration.ts'
import { parseTime } from '../time.ts'
import { UsageError } from '../usage-error.ts'
import { engineOptions } from '../with-store.ts'

interface BackfillOptions {
  from: number
  to?: number
  deliver?: boolean
}

const time = (text: string): number => parseTime(text, Date.now())

/** Reads a stretch of the past, beside a runner. It delivers nothing unless told to: those orders were shipped long ago. */
export const backfill: Registration = (program, act) =>
  void program
    .command('backfill')
    .description('read a stretch of the past; nothing of it is delivered unless told so')
    .argument('[connections...]', 'only these')
    .requiredOption('--from <time>', 'a day, an instant, or how long ago (30d)', time)
    .option('--to <time>', 'default: now', time)
    .option('--deliver', 'deliver what the flows choose of it, also what is from before a flow with "start: now" began')
    .action(
      act(async (cli, names: string[], { from, to = cli.clock.now(), deliver = false }: BackfillOptions) => {
        if (from >= to) throw new UsageError('--from must be before --to.')
        const config = await cli.config()
        for (const name of names) namedConnections(config, name)
        const { results } = await readPast(
          { ...(await engineOptions(cli)), signal: cli.signal, progress: showProgress(cli) },
          { connections: names.length > 0 ? names : undefined, from, to, deliver },
        )
        cli.screen.clear()
        const rows = results.map(({ connection, reader, result }) => ({
          connection,
          reader,
          ...(result?.counts ?? { read: 0, changed: 0, rejected: 0 }),
          error: result ? result.error?.toJSON() : undefined,
          busy: result === undefined,
        }))
        cli.out.result(
          rows.map(({ connection, reader, read, changed, rejected, error, busy }) => ({
            connection,
            reader,
            read,
            changed,
            rejected,
            error,
            busy,
          })),
          () =>
            cli.out.table(rows, [
              { title: 'CONNECTION', value: (row) => row.connection },
              { title: 'READER', value: (row) => row.reader },
              { title: 'READ', value: (row) => row.read },
              { title: 'NEW OR CHANGED', value: (row) => row.changed },
              { title: 'REJECTED', value: (row) => row.rejected },
              {
                title: 'ERROR',
                value: (row) =>
                  row.busy
                    ? 'another process reads this stretch'
                    : row.error && `${row.error.code}: ${row.error.message}`,
                shrinkTo: 20,
                paint: () => 'red',
              },
            ]),
        )
        return (
          exitCodeOfAll(results.flatMap(({ result }) => result?.error ?? [])) ||
          (rows.some(({ rejected }) => rejected > 0) ? 4 : 0)
        )
      }),
    )
