import { InvalidArgumentError } from 'commander'
import { openEngine } from '../../engine/open-engine.ts'
import { listRejections, type RejectionView } from '../../store/rejections.ts'
import type { Registration } from '../registration.ts'
import { replay } from '../replay.ts'
import { ago, instantText, parseCount } from '../time.ts'
import { UsageError } from '../usage-error.ts'
import { engineOptions, withStore } from '../with-store.ts'

interface ListOptions {
  connection?: string
  settled?: boolean
  limit: number
}

/** What could not be understood, each by itself; its neighbours have arrived. */
export const rejections: Registration = (program, act) => {
  const group = program.command('rejections').description('records that could not be understood')
  group
    .command('list')
    .description('what was rejected, newest first')
    .option('--connection <name>', 'only of this connection')
    .option('--settled', 'those that have arrived since, too')
    .option('--limit <count>', 'at most so many', parseCount, 200)
    .action(
      act(
        async (cli, { connection, settled = false, limit }: ListOptions) =>
          await withStore(cli, async (store) => {
            const found = await listRejections(store, { connection, settled, limit })
            const now = cli.clock.now()
            cli.out.result(
              found.map(({ at, ...each }) => ({ ...each, at: instantText(at) })),
              () => {
                if (found.length === 0) return cli.out.print('Nothing is rejected.')
                cli.out.table(found, [
                  { title: 'ID', value: (row) => row.id },
                  { title: 'FROM', value: (row) => `${row.connection}/${row.reader}` },
                  {
                    title: 'RECORD',
                    value: (row) => (row.ref === undefined ? undefined : `${row.entity ?? ''} ${row.ref}`.trim()),
                    shrinkTo: 12,
                  },
                  { title: 'AT', value: (row) => row.path, shrinkTo: 10 },
                  { title: 'WHEN', value: (row) => ago(row.at, now) },
                  { title: 'WHY', value: (row) => `${row.error.code}: ${row.error.message}`, shrinkTo: 24 },
                  { title: 'SETTLED', value: (row) => row.settled },
                ])
                cli.out.print('\nOnce its cause is mended: "kontor rejections replay <id>".')
              },
            )
          }),
      ),
    )
  group
    .command('replay')
    .description('try what was rejected once more')
    .argument('[ids...]', 'ids as listed; without them --all', (text: string, before: number[] | undefined) => [
      ...(before ?? []),
      parseId(text),
    ])
    .option('--all', 'everything that is rejected')
    .option('--connection <name>', 'with --all: only of this connection')
    .action(
      act(async (cli, ids: number[] | undefined, { all, connection }: { all?: boolean; connection?: string }) => {
        if ((ids ?? []).length === 0 && !all)
          throw new UsageError('Say which: ids as "kontor rejections list" shows them, or --all.')
        const chosen = await withStore(cli, async (store) => {
          const found = await listRejections(store, { connection, limit: 10_000 })
          return all ? found : pick(found, ids ?? [])
        })
        await using opened = await openEngine(await engineOptions(cli))
        const replayed = await replay(opened.engine, chosen, cli.signal)
        cli.out.result(replayed, () => {
          if (replayed.length === 0) return cli.out.print('Nothing is rejected.')
          cli.out.table(replayed, [
            { title: 'ID', value: (row) => row.id },
            { title: 'RECORD', value: (row) => row.record, shrinkTo: 12 },
            {
              title: 'RESULT',
              value: (row) => row.result,
              paint: (row) => (row.result === 'settled' ? 'green' : 'yellow'),
            },
            { title: 'WHAT', value: (row) => row.says, shrinkTo: 24 },
          ])
        })
        return replayed.every(({ result }) => result === 'settled') ? 0 : 4
      }),
    )
}

function parseId(text: string): number {
  const id = Number(text)
  if (!Number.isInteger(id) || id < 1)
    throw new InvalidArgumentError('Write a number as "kontor rejections list" shows it.')
  return id
}

function pick(found: readonly RejectionView[], ids: readonly number[]): RejectionView[] {
  const missing = ids.filter((id) => !found.some((each) => each.id === id))
  if (missing.length > 0)
    throw new UsageError(`No open rejection has the id ${missing.join(', ')}. "kontor rejections list" shows them.`)
  return found.filter((each) => ids.includes(each.id))
}
