import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Config } from '../config/index.ts'
import { storeVersion } from '../store/migrations.ts'
import type { About, Runner } from '../store/runners.ts'

const manifest = new URL('../../package.json', import.meta.url)
export const kontorVersion = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version

/** What this process would say of itself as a runner. */
export const aboutOf = (
  config: Config,
  flows: readonly { id: string }[],
  versions: ReadonlyMap<string, string> = new Map(),
): About => ({
  kontor: kontorVersion,
  node: process.versions.node,
  store: storeVersion,
  connections: Object.fromEntries(
    [...config.connections.values()].map(({ name, plugin, pluginName }) => [
      name,
      `${pluginName} ${versions.get(pluginName) ?? `(${plugin.id}, contract ${plugin.apiVersion})`}`,
    ]),
  ),
  flows: flows.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1)),
  troubles: [],
})

/** Where two runners of one deployment differ, one sentence each. While a new version is rolled out that is as it should be; later it is not. */
export function differences(ours: About, theirs: Runner): string[] {
  const name = runnerName(theirs.owner)
  const other = theirs.about
  const sentences: string[] = []
  if (ours.kontor !== other.kontor) sentences.push(`${name} has Kontor ${other.kontor}, this one ${ours.kontor}.`)
  for (const connection of new Set([...Object.keys(ours.connections), ...Object.keys(other.connections)])) {
    const [here, there] = [ours.connections[connection], other.connections[connection]]
    if (here === there) continue
    sentences.push(
      there === undefined
        ? `${name} does not know the connection ${connection}.`
        : here === undefined
          ? `${name} has a connection ${connection} that this one does not know.`
          : `For the connection ${connection}, ${name} has ${there}, this one ${here}.`,
    )
  }
  const [onlyHere, onlyThere] = [without(ours.flows, other.flows), without(other.flows, ours.flows)]
  if (onlyHere.length > 0) sentences.push(`${name} does not have the flows ${onlyHere.join(', ')}.`)
  if (onlyThere.length > 0) sentences.push(`${name} has flows that this one does not know: ${onlyThere.join(', ')}.`)
  return sentences
}

const without = (list: readonly string[], other: readonly string[]): string[] =>
  list.filter((each) => !other.includes(each))

/** `host/123/…` for people. */
export const runnerName = (owner: string): string =>
  `the runner on ${owner.split('/')[0] ?? '?'} (process ${owner.split('/')[1] ?? '?'})`
