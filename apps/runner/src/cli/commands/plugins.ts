import { actionsOf, entitiesOf, readersOf, writersOf } from '../../config/plugin-facts.ts'
import { loadInstalled, type LoadedPackage } from '../installed.ts'
import type { Registration } from '../registration.ts'

/** What is installed, and what each can do. */
export const plugins: Registration = (program, act) =>
  void program
    .command('plugins')
    .description('installed plugins, and what each reads and takes')
    .option('--long', 'each reader, writer and action, with permission and evidence')
    .action(
      act(async (cli, { long }: { long?: boolean }) => {
        const found = await loadInstalled(cli.folder, cli.loadPlugin)
        cli.out.result(found.map(documentOf), () => {
          if (found.length === 0)
            return cli.out.print(
              'No plugin is installed. Install one beside the config: npm install @kontor/plugin-file',
            )
          cli.out.table(found, [
            { title: 'PLUGIN', value: (each) => each.name },
            { title: 'VERSION', value: (each) => each.version },
            {
              title: 'READS',
              value: ({ plugin }) => plugin && [...new Set(entitiesOf(plugin, 'read'))].join(', '),
              shrinkTo: 12,
            },
            {
              title: 'TAKES',
              value: ({ plugin }) => plugin && [...new Set(entitiesOf(plugin, 'take'))].join(', '),
              shrinkTo: 12,
            },
            { title: 'SIMULATOR', value: ({ plugin }) => (plugin?.simulator ? 'yes' : undefined) },
            {
              title: 'PROBLEM',
              value: (each) => (each.plugin ? undefined : each.error.message),
              shrinkTo: 20,
              paint: () => 'red',
            },
          ])
          if (long)
            for (const each of found) {
              cli.out.print(`\n${cli.out.paint.bold(each.name)}  ${each.plugin?.description ?? ''}`)
              cli.out.table(partsOf(each), [
                { title: 'PART', value: (part) => `${part.kind} ${part.name}` },
                { title: 'ENTITIES', value: (part) => part.entities.join(', '), shrinkTo: 12 },
                { title: 'IN DOUBT', value: (part) => part.again },
                { title: 'EVIDENCE', value: (part) => part.evidence },
                { title: 'PERMISSION', value: (part) => part.permission, shrinkTo: 12 },
                { title: 'EFFECTS', value: (part) => part.effects, shrinkTo: 12 },
              ])
            }
        })
      }),
    )

interface PartFacts {
  kind: 'reader' | 'writer' | 'action'
  name: string
  entities: readonly string[]
  permission?: string | undefined
  evidence?: string | undefined
  again?: string | undefined
  effects?: string | undefined
}

function partsOf({ plugin }: LoadedPackage): PartFacts[] {
  if (!plugin) return []
  return [
    ...Object.entries(readersOf(plugin)).map(([name, { yields, permission, evidence, effects }]) => ({
      kind: 'reader' as const,
      name,
      entities: yields,
      permission,
      evidence,
      effects,
    })),
    ...Object.entries(writersOf(plugin)).map(([name, { takes, permission, evidence, again }]) => ({
      kind: 'writer' as const,
      name,
      entities: takes,
      permission,
      evidence,
      again,
    })),
    ...Object.entries(actionsOf(plugin)).map(([name, { does, permission, evidence }]) => ({
      kind: 'action' as const,
      name,
      entities: [],
      permission,
      evidence,
      effects: does,
    })),
  ]
}

function documentOf(each: LoadedPackage): unknown {
  const { name, version, plugin } = each
  if (!plugin) return { name, version, error: each.error.toJSON() }
  const { id, title, description, upstream } = plugin
  return {
    name,
    version,
    id,
    title,
    description,
    upstream,
    simulator: plugin.simulator !== undefined,
    parts: partsOf(each),
  }
}
