import { UsageError } from './usage-error.ts'
import { didYouMean, listed, type Config, type Connection } from '../config/index.ts'

/** The connection of this name, or all of them. */
export function namedConnections(config: Config, name: string | undefined): readonly Connection[] {
  if (name === undefined) return [...config.connections.values()]
  const connection = config.connections.get(name)
  if (connection) return [connection]
  const names = [...config.connections.keys()]
  throw new UsageError(
    `There is no connection "${name}"; there are: ${listed(names, 'and')}.${didYouMean(name, names)}`,
  )
}

/** A word of a closed list on a command line. */
export function oneOf<const T extends string>(text: string, words: readonly T[], what: string): T {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  throw new UsageError(`"${text}" is no ${what}; there are: ${listed(words, 'and', 30)}.${didYouMean(text, words)}`)
}
