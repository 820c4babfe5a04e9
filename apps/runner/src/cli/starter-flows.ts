import { entities, isState, type Entity } from '@kontor/core'
import { entitiesOf } from '../config/plugin-facts.ts'
import type { StarterPlugin } from './starter-config.ts'

/** Whose records these are about: they go back to whoever told those. */
const owners: Partial<Readonly<Record<Entity, Entity>>> = {
  decisions: 'orders',
  shipments: 'orders',
  invoices: 'orders',
  refunds: 'orders',
  receipts: 'returns',
}
/** What the owner of an order tells of it himself, and others want to know. */
const toldByOwner: readonly Entity[] = ['invoices', 'refunds']

interface Step {
  from: readonly string[]
  to: readonly string[] | 'origin'
}

/** Lines of YAML with the flows that make sense between these plugins. Better one too few: a person adds it and knows why. */
export function starterFlows(plugins: readonly StarterPlugin[]): string[] {
  const having = (does: 'read' | 'take', entity: Entity): string[] =>
    plugins.filter(({ plugin }) => entitiesOf(plugin, does).includes(entity)).map(({ plugin }) => plugin.id)
  return entities.flatMap((entity) => {
    const sources = having('read', entity)
    const targets = having('take', entity)
    const owner = owners[entity]
    const steps = owner
      ? aboutSteps(entity, sources, targets, having('read', owner))
      : isState(entity)
        ? stateSteps(sources, targets)
        : eventSteps(sources, targets)
    return steps.map(
      ({ from, to }) =>
        `  - { entity: ${entity}, from: ${listText(from)}, to: ${to === 'origin' ? to : listText(to)} }`,
    )
  })
}

/** From a warehouse back to the owner; from the owners on to who owns no such thing. */
function aboutSteps(
  entity: Entity,
  sources: readonly string[],
  targets: readonly string[],
  tellers: readonly string[],
): Step[] {
  const back = sources.filter((from) => !tellers.includes(from) && targets.some((to) => tellers.includes(to)))
  const told = toldByOwner.includes(entity) ? sources.filter((from) => tellers.includes(from)) : []
  return [
    ...(back.length > 0 ? [{ from: back, to: 'origin' as const }] : []),
    ...eventSteps(
      told,
      targets.filter((to) => !tellers.includes(to)),
    ),
  ]
}

/** To those who do not tell such a thing themselves. */
const eventSteps = (sources: readonly string[], targets: readonly string[]): Step[] =>
  sources.length === 0 ? [] : targets.filter((to) => !sources.includes(to)).map((to) => ({ from: sources, to: [to] }))

/** A state has one source; where several could be it, or one both reads and takes it, only a person knows. */
function stateSteps(sources: readonly string[], targets: readonly string[]): Step[] {
  const pure = sources.filter((from) => !targets.includes(from))
  const takers = targets.filter((to) => !sources.includes(to))
  return pure.length === 1 && takers.length > 0 ? [{ from: pure, to: takers }] : []
}

const listText = (names: readonly string[]): string => (names.length === 1 ? (names[0] ?? '') : `[${names.join(', ')}]`)
