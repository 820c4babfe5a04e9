import { eraseOrder } from '../../engine/retention.ts'
import { findOrders } from '../../store/queries.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { withStore } from '../with-store.ts'
import { only } from './trace.ts'

/** A buyer asks to be forgotten: what retention does in time, at once and for one order. */
export const erase: Registration = (program, act) =>
  void program
    .command('erase')
    .description("empty a buyer's data of one order and of all that was told about it, for good")
    .argument('<order>', 'its key (connection/id), its id, or a number')
    .action(
      act(
        async (cli, text: string) =>
          await withStore(cli, async (store) => {
            const { loyalty } = await cli.config()
            const { connection, id } = only(text, await findOrders(store, text))
            const { emptied, stays } = await eraseOrder(store, loyalty, { connection, id })
            if (emptied === undefined)
              throw new UsageError(
                `Something about ${connection}/${id} is still on its way ("kontor trace ${connection}/${id}") and needs what would be erased. Let it arrive, or give it up with "kontor deliveries skip"; then erase.`,
              )
            cli.out.result({ erased: emptied, stays }, () => {
              cli.out.print(
                emptied.length === 0
                  ? 'Nothing of a person was left.'
                  : `Emptied: ${emptied.join(', ')}. What other systems and delivered files hold is not touched.`,
              )
              if (stays.length > 0) cli.out.print(`The ${stays.join(' and ')} address stays: points are kept under it.`)
            })
          }),
      ),
    )
