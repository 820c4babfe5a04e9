import { resolve } from 'node:path'
import { assertIdle } from '../../engine/idle.ts'
import { openStoreAt } from '../../engine/open-engine.ts'
import { backUp, restore as restoreStore } from '../../store/transfer.ts'
import type { Registration } from '../registration.ts'
import { ago } from '../time.ts'
import { withStore } from '../with-store.ts'

/** A copy of the store in a file, of any database, while runners go on. */
export const backup: Registration = (program, act) =>
  void program
    .command('backup')
    .description('copy the store into a file, while runners go on')
    .argument('<file>', 'a file that is not there yet')
    .action(
      act(
        async (cli, file: string) =>
          await withStore(cli, async (store) => {
            const { key } = await (await cli.config()).store()
            const path = resolve(file)
            const copied = await backUp(store, path, cli.clock, key === undefined)
            cli.out.result({ file: path, key: key === undefined ? `${path}.key` : undefined, ...copied }, () => {
              cli.out.print(`${copied.rows} rows are in ${path}, read back and compared: checksum ${copied.checksum}.`)
              cli.out.print(
                key === undefined
                  ? `Its key is in ${path}.key. Keep it in another place: without it the backup is of no use, with it everything can be read.`
                  : 'Its key is the storeKey of the config, and is not in it.',
              )
            })
          }),
      ),
    )

/** Makes the store of the config from a backup. */
export const restore: Registration = (program, act) =>
  void program
    .command('restore')
    .description('make the store from a backup; what may have been sent since is asked about')
    .argument('<file>', 'made by "kontor backup"')
    .action(
      act(async (cli, file: string) => {
        const address = await (await cli.config()).store()
        const restored = await restoreStore(
          resolve(file),
          async (key) => {
            const store = await openStoreAt({ ...address, key }, cli.clock)
            await assertIdle(store, 'restore it').catch(async (thrown: unknown) => {
              await store.close()
              throw thrown
            })
            return store
          },
          cli.clock,
          address.key,
        )
        const { rows, checksum, begun, madeAt } = restored
        cli.out.result({ rows, checksum, begun, madeAt: new Date(madeAt).toISOString() }, () => {
          cli.out.print(
            `${rows} rows of the backup made ${ago(madeAt, cli.clock.now())} are in the store: checksum ${checksum}.`,
          )
          cli.out.print(
            `${begun} deliveries were open then. They, and what the systems tell again, are asked about before anything is sent.`,
          )
          cli.out.print(
            'What can be neither asked nor repeated is parked, IN_DOUBT: "kontor deliveries list --state parked" after the next run.',
          )
        })
      }),
    )
