import { tellApart } from '../../engine/echo.ts'
import { openEngine } from '../../engine/open-engine.ts'
import { recordedRun } from '../../engine/run.ts'
import { retryEchoes } from '../../engine/unmatched.ts'
import { splitKey } from '../../store/records.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { engineOptions } from '../with-store.ts'

interface Options {
  of?: string
  news?: boolean
}

/** What only a person can know: whether a record that was read is the effect of what we wrote ourselves. */
export const echo: Registration = (program, act) =>
  void program
    .command('echo')
    .description('say whether a record that was read is the effect of a delivery of ours, or news')
    .argument('<record>', 'the record that waits (connection/id), as "kontor status" lists it')
    .option('--of <record>', 'it is the effect of the delivery of this record (connection/id)')
    .option('--news', 'it is none of ours: it goes where its flows send it')
    .action(
      act(async (cli, told: string, { of, news = false }: Options) => {
        if ((of === undefined) !== news) throw new UsageError('Say either --of <record> or --news.')
        await using opened = await openEngine(await engineOptions(cli))
        const { engine } = opened
        await tellApart(engine, told, of)
        const connection = splitKey(told)?.connection ?? ''
        await recordedRun(engine, { kind: 'look', connection, part: 'echo' }, async (run) => {
          await retryEchoes(engine, run, connection)
        })
        const says = of === undefined ? 'It is news, and goes its way.' : `It is the effect of ${of}, and goes nowhere.`
        cli.out.result({ record: told, of: of ?? null }, () => cli.out.print(says))
      }),
    )
