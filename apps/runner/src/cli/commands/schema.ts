import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configSchema } from '../../config/index.ts'
import { loadInstalled } from '../installed.ts'
import type { Registration } from '../registration.ts'

/** Beside the config, where its first line names it. */
export const schemaFile = 'kontor.schema.json'
export const schemaLine = `# yaml-language-server: $schema=./${schemaFile}`

/** The JSON Schema of the config, for the plugins that are installed: completion and errors in an editor. */
export const schema: Registration = (program, act) =>
  void program
    .command('schema')
    .description('JSON Schema of the config for the installed plugins')
    .option('--write', `write it to ${schemaFile} beside the config`)
    .action(
      act(async (cli, { write }: { write?: boolean }) => {
        const found = await loadInstalled(cli.folder, cli.loadPlugin)
        for (const each of found) if (!each.plugin) cli.log.warn(`${each.name} is left out: ${each.error.message}`)
        const document = configSchema(found.flatMap(({ name, plugin }) => (plugin ? [{ name, plugin }] : [])))
        const text = `${JSON.stringify(document, undefined, 2)}\n`
        if (!write) {
          // The document is the result, with --json and without.
          process.stdout.write(text)
          return
        }
        const file = join(cli.folder, schemaFile)
        writeFileSync(file, text)
        cli.out.result({ file, plugins: found.map(({ name }) => name) }, () => {
          cli.out.print(`Wrote ${file} for ${found.length} plugins.`)
          cli.out.print(`An editor uses it when the first line of the config is:\n  ${schemaLine}`)
        })
      }),
    )
