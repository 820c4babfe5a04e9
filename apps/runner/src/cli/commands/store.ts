import { assertIdle } from '../../engine/idle.ts'
import { openStoreAt } from '../../engine/open-engine.ts'
import { reopen } from '../../store/closed.ts'
import { countAsBegun } from '../../store/restored.ts'
import { moveStore } from '../../store/transfer.ts'
import type { Registration } from '../registration.ts'
import { withStore } from '../with-store.ts'

/** The store as a whole: from the embedded one to a server, or back. */
export const store: Registration = (program, act) => {
  const group = program.command('store').description('move the store to another database')
  group
    .command('move')
    .description('copy the store to another database, check the copy, and close the old one')
    .argument('<to>', 'as "store" of the config: a path, a postgres:// URL, or "${env:NAME}"')
    .action(
      act(
        async (cli, to: string) =>
          await withStore(cli, async (from) => {
            const config = await cli.config()
            const { key } = await config.store()
            const address = await config.store(to)
            const copied = await moveStore(
              from,
              async (used) => await openStoreAt({ ...address, key: used }, cli.clock),
              key === undefined,
              async () => await assertIdle(from, 'move it'),
            )
            cli.out.result({ to: address.kind === 'file' ? address.path : to, ...copied }, () => {
              cli.out.print(
                `${copied.rows} rows are in the new store, read back and compared: checksum ${copied.checksum}.`,
              )
              cli.out.print(
                `Write it as "store" in ${cli.file} before the next run. The old one is closed and stays as it is.`,
              )
            })
          }),
      ),
    )
  group
    .command('reopen')
    .description('take up a store again that was moved; only where the other is lost')
    .action(
      act(
        async (cli) =>
          await withStore(cli, async (found) => {
            await assertIdle(found, 'take it up again')
            const begun = await countAsBegun(found)
            await reopen(found)
            cli.out.result({ begun }, () =>
              cli.out.print(
                `The store is open again, as one that was restored: ${begun} deliveries are asked about before anything is sent.`,
              ),
            )
          }),
      ),
    )
}
