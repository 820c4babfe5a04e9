import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KontorError } from '@kontor/core'
import { z } from 'zod'
import { namedConnections } from '../names.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'
import { withConnected } from '../with-connected.ts'

interface RecordOptions {
  search?: string
  rows?: string
  out?: string
}

/** What a plugin's own `record` answers: it knows what in an answer is a person's, and what it assumes of its form. */
const Recorded = z.object({
  answers: z.array(z.object({ operation: z.string(), differences: z.array(z.string()), fixture: z.unknown() })).min(1),
})

/** Saves what a live system answers, without secrets and people, and says where the plugin assumes something else. */
export const record: Registration = (program, act) =>
  void program
    .command('record')
    .description('save live answers as fixtures, redacted, and say what differs from what the plugin assumes')
    .argument('<connection>', 'its name in the config')
    .option('--search <text>', 'records what is found by this, instead of the newest')
    .option('--rows <count>', 'how many records at most')
    .option('--out <file>', 'where the fixtures go; default: recorded-<connection>.json beside the config')
    .action(
      act(async (cli, name: string, { search, rows, out }: RecordOptions) => {
        const config = await cli.config()
        const [connection] = namedConnections(config, name)
        if (!connection) throw new UsageError(`There is no connection "${name}".`)
        const { answers } = await withConnected(cli, config, connection, async ({ actions }) => {
          const perform = actions['record']
          if (!perform)
            throw new KontorError('UNSUPPORTED', {
              message: `Plugin ${connection.plugin.id} has no answers to record: only plugins of systems without a published description bring that. Nothing was saved.`,
            })
          const given = { ...(search === undefined ? {} : { search }), ...(rows === undefined ? {} : { rows }) }
          return Recorded.parse(await perform({ arguments: given, signal: cli.signal }))
        })
        const file = out === undefined ? resolve(config.folder, `recorded-${name}.json`) : resolve(out)
        const fixtures = answers.flatMap(({ fixture }) => (fixture === null ? [] : [fixture]))
        save(file, cli.redactor.text(`${JSON.stringify(fixtures, undefined, 2)}\n`))
        const told = answers.map(({ operation, differences }) => ({ operation, differences }))
        cli.out.result({ connection: name, file, answers: told }, () => {
          for (const { operation, differences } of told) {
            cli.out.print(
              `${cli.out.paint.bold(operation)}  ${differences.length === 0 ? 'as assumed' : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`}`,
            )
            for (const each of differences) cli.out.print(`  ${each}`)
          }
          cli.out.print(
            `\nSaved to ${file}, without secrets and people as far as their form tells. Look through it before you pass it on.`,
          )
        })
      }),
    )

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')
      throw new UsageError(`${file} is there already. Move it away, or name another file with --out.`)
    throw new UsageError(`${file} cannot be written. Name another file with --out.`)
  }
}
