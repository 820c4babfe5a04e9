import type { Order, Return } from '@kontor/core'
import { actionsOf } from '../../config/plugin-facts.ts'
import { nearest, type Connection } from '../../config/index.ts'
import { findOrders } from '../../store/queries.ts'
import { loadRecord, splitKey } from '../../store/records.ts'
import type { Cli } from '../cli.ts'
import { namedConnections } from '../names.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { withConnected } from '../with-connected.ts'
import { withStore } from '../with-store.ts'
import { only } from './trace.ts'

interface ActOptions {
  order?: string
  return?: string
}

/** What a plugin can do for a person beside reading and writing: a label, a message, an invoice. Takes effect at once. */
export const act: Registration = (program, perform) =>
  void program
    .command('act')
    .description(
      'let a connection do something at once: a label, a message, an invoice; without an action: what it can do',
    )
    .argument('<connection>', 'its name in the config')
    .argument('[action]', 'what is to be done')
    .argument('[arguments...]', 'what it needs to know, each as name=value')
    .option('--order <order>', 'the order it is about: its key, its id, or a number')
    .option('--return <return>', 'the return it is about: its key (connection/id), or its id at this connection')
    .action(
      perform(
        async (
          cli,
          name: string,
          action: string | undefined,
          given: readonly string[],
          { order, return: about }: ActOptions,
        ) => {
          const config = await cli.config()
          const [connection] = namedConnections(config, name)
          if (!connection) throw new UsageError(`There is no connection "${name}".`)
          if (action === undefined) return list(cli, connection)
          const context = {
            ...(order === undefined ? {} : { order: await orderOf(cli, order) }),
            ...(about === undefined ? {} : { return: await returnOf(cli, name, about) }),
          }
          const answer = await withConnected(
            cli,
            config,
            connection,
            async ({ actions }) => {
              const found = actions[action]
              if (!found) throw unknownAction(connection, action, Object.keys(actions))
              return await found({ ...context, arguments: namedValues(given), signal: cli.signal })
            },
            'live',
          )
          cli.out.result(answer, () => cli.out.print(JSON.stringify(answer, undefined, 2)))
        },
      ),
    )

function list(cli: Cli, { plugin }: Connection): void {
  const known = Object.entries(actionsOf(plugin)).map(([name, spec]) => ({ name, ...spec }))
  cli.out.result(known, () => {
    if (known.length === 0) return cli.out.print(`Plugin ${plugin.id} states no actions; its README may name some.`)
    cli.out.table(known, [
      { title: 'ACTION', value: ({ name }) => name },
      { title: 'DOES', value: ({ does }) => does, shrinkTo: 20 },
      { title: 'ARGUMENTS', value: ({ arguments: names = {} }) => Object.keys(names).join(', '), shrinkTo: 12 },
      { title: 'EVIDENCE', value: ({ evidence }) => evidence },
      { title: 'PERMISSION', value: ({ permission }) => permission, shrinkTo: 12 },
    ])
  })
}

function unknownAction({ plugin }: Connection, action: string, known: readonly string[]): UsageError {
  const near = nearest(action, known)
  return new UsageError(
    `Plugin ${plugin.id} has no action "${action}"${known.length === 0 ? '' : `; it has ${known.join(', ')}`}.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
  )
}

const namedValues = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((text): [string, string] => {
      const at = text.indexOf('=')
      if (at <= 0) throw new UsageError(`"${text}" has no name. Write each argument as name=value.`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )

const orderOf = async (cli: Cli, text: string): Promise<Order> =>
  await withStore(cli, async (store) => only(text, await findOrders(store, text)).record)

async function returnOf(cli: Cli, connection: string, text: string): Promise<Return> {
  const key = splitKey(text)
  const record = await withStore(
    cli,
    async (store) => (await loadRecord(store.db, key?.connection ?? connection, 'returns', key?.id ?? text))?.record,
  )
  if (record?.entity === 'returns') return record
  throw new UsageError(
    `No return goes by "${text}" at ${key?.connection ?? connection}. It may not have been read yet.`,
  )
}
