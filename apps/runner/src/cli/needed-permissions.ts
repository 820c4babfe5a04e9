import type { Config, Connection, Flow } from '../config/index.ts'
import { readersOf, writersOf } from '../config/plugin-facts.ts'

/** What the flows of a config need of a connection, in the words of its system. */
export interface NeededPermission {
  permission: string
  flows: readonly string[]
}

/** For every flow that reads from this connection or writes to it, the permission that its part states. */
export function neededPermissions({ flows }: Config, connection: Connection): NeededPermission[] {
  const needed = new Map<string, string[]>()
  for (const flow of flows)
    for (const permission of permissionsOf(flow, connection))
      needed.set(permission, [...new Set([...(needed.get(permission) ?? []), flow.id])])
  return [...needed].map(([permission, ids]) => ({ permission, flows: ids }))
}

function permissionsOf({ entity, from, to }: Flow, { name, plugin }: Connection): string[] {
  const readers = from.includes(name)
    ? Object.values(readersOf(plugin)).filter(({ yields }) => yields.includes(entity))
    : []
  // What goes to its origin may go to every connection whose orders or returns are read.
  const owns = Object.values(readersOf(plugin)).some(
    ({ yields }) => yields.includes('orders') || yields.includes('returns'),
  )
  const written = to === 'origin' ? owns && !from.includes(name) : to.includes(name)
  const writers = written ? Object.values(writersOf(plugin)).filter(({ takes }) => takes.includes(entity)) : []
  return [...readers, ...writers].flatMap(({ permission }) => permission ?? [])
}
