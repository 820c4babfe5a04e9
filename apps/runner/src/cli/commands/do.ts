import type { Json, Order, Return } from '@kontor/core'
import { openEngine } from '../../engine/open-engine.ts'
import { loadRecord, splitKey } from '../../store/records.ts'
import type { Store } from '../../store/store.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { engineOptions } from '../with-store.ts'

/** What a plugin offers beside flows, for people: to write to a buyer, to upload a document. */
export const doAction: Registration = (program, act) =>
  void program
    .command('do')
    .description('run an action of a plugin: send a message, upload a document; without an action, list them')
    .argument('<connection>', 'its name in the config')
    .argument('[action]', 'as the plugin names it')
    .argument('[inputs...]', 'what the action needs, as name=value')
    .option('--order <key>', 'the order it is about (connection/id)')
    .option('--return <key>', 'the return it is about (connection/id)')
    .action(
      act(
        async (
          cli,
          name: string,
          action: string | undefined,
          inputs: readonly string[],
          { order, return: about }: { order?: string; return?: string },
        ) => {
          await using opened = await openEngine(await engineOptions(cli))
          const office = opened.engine.offices.get(name)
          if (!office) throw new UsageError(`There is no connection ${name}.`)
          const actions = office.parts.actions ?? {}
          const listed = Object.keys(actions).join(', ') || 'none'
          if (action === undefined)
            return cli.out.result(Object.keys(actions), () => cli.out.print(`Actions: ${listed}`))
          const perform = actions[action]
          if (!perform) throw new UsageError(`${name} has no action ${action}. It has: ${listed}.`)
          const answer: Json = await perform({
            arguments: Object.fromEntries(inputs.map(inputOf)),
            ...(order === undefined ? {} : { order: (await known(opened.store, 'orders', order)) as Order }),
            ...(about === undefined ? {} : { return: (await known(opened.store, 'returns', about)) as Return }),
            signal: cli.signal,
          })
          return cli.out.result(answer, () => cli.out.print(`Done: ${JSON.stringify(answer)}`))
        },
      ),
    )

function inputOf(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`Write ${JSON.stringify(text)} as name=value.`)
  return [text.slice(0, at), text.slice(at + 1)]
}

async function known(store: Store, entity: 'orders' | 'returns', key: string): Promise<Order | Return> {
  const parts = splitKey(key)
  const stored = parts && (await loadRecord(store.db, parts.connection, entity, parts.id))
  if (stored?.record.entity !== entity)
    throw new UsageError(
      `No ${entity === 'orders' ? 'order' : 'return'} is known as ${key}. Write its key, connection/id.`,
    )
  return stored.record as Order | Return
}
