import { canonicalText, type Entity, type Plugin } from '@kontor/core'
import { asList, isLoyalty, type ConfigFile, type FileEntityFlow, type FileLoyaltyFlow } from './file-schema.ts'
import { entitiesOf, readersOf, writersOf } from './plugin-facts.ts'
import type { ConfigProblem, KeyPath } from './problems.ts'
import type { Report } from './report.ts'
import { checkRoutes } from './routes-check.ts'
import { didYouMean, listed } from './words.ts'

/** Entities that say what they are about, and so have an origin. */
const aboutSomething: readonly Entity[] = [
  'decisions',
  'shipments',
  'invoices',
  'returns',
  'receipts',
  'refunds',
  'points',
  'coupons',
]

/** A flow, with its place in the list. */
export interface NumberedFlow {
  flow: ConfigFile['flows'][number]
  index: number
}

export interface CrossInput {
  connections: ConfigFile['connections']
  /** Names of all connections, of those with a mistake in them too. */
  names: readonly string[]
  flows: readonly NumberedFlow[]
  decide: ConfigFile['decide']
  /** By connection, those that could be loaded; about the others nothing is said here. */
  plugins: ReadonlyMap<string, Plugin>
  report: Report
}

/** What no single line tells: names that must exist, readers and writers that must be there, rings, repetitions. */
export function crossCheck(input: CrossInput): ConfigProblem[] {
  return [
    ...input.flows.flatMap(({ flow, index }) =>
      isLoyalty(flow) ? checkLoyalty(input, flow, index) : checkFlow(input, flow, index),
    ),
    ...checkRoutes(input.flows, input.report),
    ...checkDecide(input),
    ...twinConnections(input),
  ]
}

function checkFlow(input: CrossInput, flow: FileEntityFlow, index: number): ConfigProblem[] {
  const at = (...keys: string[]): KeyPath => ['flows', index, ...keys]
  const { entity, from, to, where, countries, guard } = flow
  const misplaced = (is: unknown, path: KeyPath, says: string): ConfigProblem[] =>
    is ? [input.report.key(path, `${says}; this flow delivers ${entity}. Remove it.`)] : []
  return [
    ...checkEnds(input, from, at('from'), entity, 'read'),
    ...(to === 'origin' ? checkOrigin(input, flow, at('to')) : checkEnds(input, to, at('to'), entity, 'take')),
    ...misplaced(where && where !== 'all' && entity !== 'orders', at('where'), '"where" chooses among orders'),
    ...misplaced(countries && entity !== 'orders', at('countries'), '"countries" chooses among orders'),
    ...misplaced(guard?.dropToZero && entity !== 'stock', at('guard', 'dropToZero'), 'is about stock'),
    ...misplaced(guard?.priceChange && entity !== 'prices', at('guard', 'priceChange'), 'is about prices'),
    ...misplaced(guard?.floor && entity !== 'prices', at('guard', 'floor'), 'is about prices'),
  ]
}

function checkEnds(
  input: CrossInput,
  stated: string | readonly string[],
  path: KeyPath,
  entity: Entity,
  does: 'read' | 'take',
): ConfigProblem[] {
  return asList(stated).flatMap((name, index) => {
    const place = typeof stated === 'string' ? path : [...path, index]
    return unknownConnection(input, name, place) ?? cannot(input, name, place, entity, does)
  })
}

function unknownConnection({ names, report }: CrossInput, name: string, path: KeyPath): ConfigProblem[] | undefined {
  if (names.includes(name)) return undefined
  const message = `There is no connection "${name}"; there are: ${listed(names, 'and')}.${didYouMean(name, names)}`
  return [report.value(path, message)]
}

function cannot(
  { plugins, report }: CrossInput,
  name: string,
  path: KeyPath,
  entity: Entity,
  does: 'read' | 'take',
): ConfigProblem[] {
  const plugin = plugins.get(name)
  if (!plugin || entitiesOf(plugin, does).includes(entity)) return []
  const parts =
    does === 'read'
      ? Object.entries(readersOf(plugin)).map(([part, { yields }]) => `${part} (${yields.join(', ')})`)
      : Object.entries(writersOf(plugin)).map(([part, { takes }]) => `${part} (${takes.join(', ')})`)
  const what = does === 'read' ? 'readers' : 'writers'
  const has = parts.length === 0 ? `no ${what}` : `the ${what} ${listed(parts, 'and')}`
  return [report.value(path, `${name} does not ${does} ${entity}. Plugin ${plugin.id} has ${has}.`)]
}

function checkOrigin(
  { names, plugins, report }: CrossInput,
  { entity, from }: FileEntityFlow,
  path: KeyPath,
): ConfigProblem[] {
  if (!aboutSomething.includes(entity))
    return [
      report.value(
        path,
        `"origin" has no meaning for ${entity}, which are about no order and no return. Name connections instead; it works for ${listed(aboutSomething, 'and')}.`,
      ),
    ]
  const sources = asList(from)
  const others = [...plugins].filter(([name]) => sources.length > 1 || sources[0] !== name)
  const takers = others.filter(([, plugin]) => entitiesOf(plugin, 'take').includes(entity))
  const unsure = names.some((name) => !plugins.has(name))
  if (takers.length > 0 || unsure) return []
  return [report.value(path, `No connection takes ${entity}, so there is no origin for them to go to.`)]
}

function checkLoyalty(input: CrossInput, { loyalty }: FileLoyaltyFlow, index: number): ConfigProblem[] {
  const at = (key: string): KeyPath => ['flows', index, 'loyalty', key]
  if (loyalty.shop === loyalty.provider)
    return [input.report.value(at('provider'), 'is the shop itself. Name the connection that keeps the points.')]
  return [
    ...checkEnds(input, loyalty.shop, at('shop'), 'orders', 'read'),
    ...checkEnds(input, loyalty.provider, at('provider'), 'points', 'take'),
    ...(Object.keys(loyalty.redeem.rewards).length > 0
      ? checkEnds(input, loyalty.shop, at('shop'), 'coupons', 'take')
      : []),
  ]
}

function checkDecide(input: CrossInput): ConfigProblem[] {
  return Object.entries(input.decide).flatMap(([name, decide]) => {
    const { accept, notBefore, rules } = decide
    const path: KeyPath = ['decide', name]
    const unknown = unknownConnection(input, name, path)
    if (unknown) return unknown
    if (accept === 'rule' && rules === undefined)
      return [input.report.key([...path, 'accept'], 'needs `rules`, which say what is accepted.')]
    const meaningless = [
      ...(accept !== 'rule' && rules !== undefined
        ? [input.report.key([...path, 'rules'], 'has a meaning with "accept: rule" only.')]
        : []),
      ...(accept === 'manual' && notBefore !== undefined
        ? [input.report.key([...path, 'notBefore'], 'has a meaning with "accept: auto" and "accept: rule" only.')]
        : []),
    ]
    if (accept === 'manual') return meaningless
    return [...meaningless, ...cannot(input, name, path, 'decisions', 'take'), ...checkStockCases(input, name, rules)]
  })
}

/** A rule that asks for stock fits nothing where no stock is known. */
function checkStockCases(
  { flows, report }: CrossInput,
  name: string,
  rules: CrossInput['decide'][string]['rules'] = [],
): ConfigProblem[] {
  const fed = flows.some(
    ({ flow }) => !isLoyalty(flow) && flow.entity === 'stock' && flow.to !== 'origin' && asList(flow.to).includes(name),
  )
  if (fed) return []
  return rules.flatMap((rule, index) =>
    rule.stock === undefined
      ? []
      : [
          report.value(
            ['decide', name, 'rules', index, 'stock'],
            `asks for stock, and no flow brings any to ${name}: it would never fit. Add a flow { entity: stock, from: ..., to: ${name} }, or leave \`stock\` out.`,
          ),
        ],
  )
}

/** Whether two connections see one account is known when they are connected; here only what looks the same in the file. */
function twinConnections({ connections, report }: CrossInput): ConfigProblem[] {
  const seen = new Map<string, string>()
  return Object.entries(connections).flatMap(([name, { plugin, config, credentials }]) => {
    const text = canonicalText({ plugin, config, credentials: credentials ?? null })
    const twin = seen.get(text)
    seen.set(text, twin ?? name)
    if (twin === undefined) return []
    const message = `says the same as ${twin}. Two connections to one account read and deliver everything twice.`
    return [report.warning(['connections', name], message)]
  })
}
