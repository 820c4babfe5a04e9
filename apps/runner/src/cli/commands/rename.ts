import { KontorError } from '@kontor/core'
import { ConnectionName } from '../../config/file-schema.ts'
import { readStatus } from '../../store/status.ts'
import { renameConnection } from '../../store/rename.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { withStore } from '../with-store.ts'

/** Gives a connection another name, with all it has. Without this a new name would be a new connection, and import everything again. */
export const rename: Registration = (program, act) =>
  void program
    .command('rename')
    .description('give a connection another name, with all it has')
    .argument('<old>')
    .argument('<new>')
    .action(
      act(
        async (cli, from: string, to: string) =>
          await withStore(cli, async (store) => {
            const name = ConnectionName.safeParse(to)
            if (!name.success)
              throw new UsageError(
                `"${to}" cannot be a name: ${name.error.issues[0]?.message ?? 'it has another form'}.`,
              )
            if ((await readStatus(store)).runner)
              throw new KontorError('RUNNER_ACTIVE', {
                message: 'The runner works with the old name. Stop it, rename, change the config, start it again.',
                key: 'store',
              })
            const rows = await renameConnection(store, from, to)
            const { connections } = await cli.config()
            cli.out.result({ from, to, rows }, () => {
              cli.out.print(
                `${from} is ${to} now (${rows} rows). Keys that were handed out with the old name stay valid.`,
              )
              if (connections.has(from))
                cli.out.print(`Write ${to} instead of ${from} in ${cli.file} before the next run.`)
            })
          }),
      ),
    )
