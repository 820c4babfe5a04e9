import { checkAccount, checkDocument, exitCodeOfCheck, showChecked, type Checked } from '../check-accounts.ts'
import { namedConnections } from '../names.ts'
import type { Registration } from '../registration.ts'

/** Connects each account, asks whose it is, and shows what is wrong. Nothing is read and nothing is written. */
export const check: Registration = (program, act) =>
  void program
    .command('check')
    .description('read the config, connect each account, show what is wrong')
    .argument('[connection]', 'only this one')
    .action(
      act(async (cli, name: string | undefined) => {
        const config = await cli.config()
        const checked: Checked[] = []
        for (const connection of namedConnections(config, name)) {
          cli.screen.progress(`checking ${connection.name}`)
          checked.push(await checkAccount(cli, config, connection))
        }
        cli.out.result(checkDocument(config, checked), () => showChecked(cli, config, checked))
        return exitCodeOfCheck(checked)
      }),
    )
