import { isState, type Entity } from '@kontor/core'
import type { NumberedFlow } from './cross-check.ts'
import { asList, isLoyalty } from './file-schema.ts'
import type { ConfigProblem, KeyPath } from './problems.ts'
import type { Report } from './report.ts'

interface Route {
  entity: Entity
  from: string
  to: string
  path: KeyPath
}

/** What the flows do together: loops, rings of a state, repetitions, two sources of one state. */
export function checkRoutes(flows: readonly NumberedFlow[], report: Report): ConfigProblem[] {
  const routes = routesOf(flows)
  return routes.flatMap((route, index) => checkRoute(route, routes.slice(0, index), report) ?? [])
}

/** The flows as single steps. */
function routesOf(flows: readonly NumberedFlow[]): Route[] {
  return flows.flatMap(({ flow, index }) => {
    if (isLoyalty(flow)) return []
    const path = ['flows', index, 'to']
    return asList(flow.from).flatMap((from) => asList(flow.to).map((to) => ({ entity: flow.entity, from, to, path })))
  })
}

function checkRoute(
  { entity, from, to, path }: Route,
  before: readonly Route[],
  report: Report,
): ConfigProblem | undefined {
  if (from === to)
    return report.value(path, `${entity} would be delivered to ${to}, where they are read. Remove it from one side.`)
  const same = before.find((other) => other.entity === entity && other.from === from && other.to === to)
  if (same)
    return report.value(
      path,
      `${entity} from ${from} to ${to} are already delivered by flows.${same.path[1]}. Remove one of them.`,
    )
  const states = before.filter((other) => other.entity === entity && isState(entity))
  const way = wayBack(states, to, from)
  if (way)
    return report.value(
      path,
      `${entity} would go round in a ring: ${[from, ...way].join(' → ')}. Decide which connection is the source.`,
    )
  const rival = states.find((other) => other.to === to && other.from !== from)
  return (
    rival &&
    report.warning(
      path,
      `${to} gets ${entity} from both ${rival.from} and ${from}. If a SKU is in both, the one read last wins.`,
    )
  )
}

/** The steps from one connection to another, over the routes there are. */
function wayBack(
  routes: readonly Route[],
  from: string,
  to: string,
  seen: ReadonlySet<string> = new Set(),
): string[] | undefined {
  if (from === to) return [to]
  if (seen.has(from)) return undefined
  for (const route of routes.filter((each) => each.from === from)) {
    const rest = wayBack(routes, route.to, to, new Set([...seen, from]))
    if (rest) return [from, ...rest]
  }
  return undefined
}
