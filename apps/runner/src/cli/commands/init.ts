import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KontorError } from '@kontor/core'
import { configSchema, listed, nearest } from '../../config/index.ts'
import type { Cli } from '../cli.ts'
import { loadInstalled } from '../installed.ts'
import { UsageError } from '../usage-error.ts'
import type { Registration } from '../registration.ts'
import { starterConfig, type StarterPlugin } from '../starter-config.ts'
import { schemaFile, schemaLine } from './schema.ts'

/** Writes a config to begin with. What exists is never overwritten. */
export const init: Registration = (program, act) =>
  void program
    .command('init')
    .description('write a config to begin with')
    .argument('[plugins...]', 'which of the installed plugins; default: all')
    .action(
      act(async (cli, names: string[]) => {
        if (existsSync(cli.file))
          throw new UsageError(
            `${cli.file} is there already and stays as it is. Give another name with --config, or move it away.`,
          )
        const chosen = await choose(cli, names)
        const { text, variables } = starterConfig(chosen, schemaLine)
        mkdirSync(cli.folder, { recursive: true })
        writeFileSync(cli.file, text, { flag: 'wx' })
        const schema = join(cli.folder, schemaFile)
        writeFileSync(schema, `${JSON.stringify(configSchema(chosen), undefined, 2)}\n`)
        cli.out.result({ file: cli.file, schema, plugins: chosen.map(({ name }) => name), variables }, () => {
          cli.out.print(`Wrote ${cli.file} and ${schema}.`)
          cli.out.print('\nNext:')
          cli.out.print(`  1. Put your values where it says "change-me".`)
          if (variables.length > 0)
            cli.out.print(`  2. Set ${listed(variables, 'and')} in the environment, or in ${join(cli.folder, '.env')}.`)
          cli.out.print(`  ${variables.length > 0 ? 3 : 2}. "kontor check", then "kontor plan", then "kontor run".`)
        })
      }),
    )

async function choose(cli: Cli, names: readonly string[]): Promise<StarterPlugin[]> {
  const installed = await loadInstalled(cli.folder, cli.loadPlugin)
  const loaded = installed.flatMap(({ name, plugin }) => (plugin ? [{ name, plugin }] : []))
  if (names.length === 0) {
    if (loaded.length > 0) return loaded
    throw new KontorError('PLUGIN_NOT_FOUND', {
      message: 'No plugin is installed. Install one beside the config: npm install @kontor/plugin-file',
    })
  }
  return await Promise.all(
    names.map(async (name) => {
      const found = loaded.find((each) => each.name === name || each.plugin.id === name)
      if (found) return found
      if (/[/.]/.test(name)) return { name, plugin: await cli.loadPlugin(name, cli.folder) }
      const near = nearest(
        name,
        loaded.map(({ plugin }) => plugin.id),
      )
      throw new KontorError('PLUGIN_NOT_FOUND', {
        message: `No plugin "${name}" is installed.${near === undefined ? ' "kontor plugins" lists those that are.' : ` Did you mean "${near}"?`}`,
      })
    }),
  )
}
