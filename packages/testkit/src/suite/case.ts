import { isState, type Entity, type Plugin } from '@kontor/core'
import type { CaseContext } from '../stage/context.ts'
import { manifestOf } from './manifest.ts'

export type Chapter = 'manifest' | 'access' | 'reading' | 'writing' | 'transport' | 'privacy' | 'processes'

/** What a case is about: nothing in particular, a reader, or an entity of a writer. */
export interface Subject {
  /** As in promises and report: `orders`, `orders.shipments`; empty for the plugin as a whole. */
  readonly label: string
  readonly reader?: string
  readonly writer?: string
  readonly entity?: Entity
}

/** One promise, written once and proved for every subject of a plugin that it applies to. */
export interface CaseTemplate {
  readonly chapter: Chapter
  /** kebab-case, unique in its chapter; with the chapter it is the key of weaker promises. */
  readonly id: string
  /** The promise as a sentence. When the case fails, this is what is not so. */
  readonly promise: string
  /** Subjects of this plugin; none: it does not apply. */
  applies(plugin: Plugin): readonly Subject[]
  run(context: CaseContext, subject: Subject): Promise<void>
}

/** A promise about one subject of one plugin. */
export interface ConformanceCase {
  /** `reading/resume-later:orders`. */
  readonly id: string
  readonly chapter: Chapter
  readonly name: string
  readonly template: CaseTemplate
  readonly subject: Subject
}

const whole: Subject = { label: '' }
export const wholePlugin = (): readonly Subject[] => [whole]
export const whereHttp = (plugin: Plugin): readonly Subject[] => (plugin.hosts === undefined ? [] : [whole])
export const whereCredentials = (plugin: Plugin): readonly Subject[] =>
  plugin.credentials === undefined ? [] : [whole]

export const eachReader = (plugin: Plugin): readonly Subject[] =>
  Object.keys(manifestOf(plugin).readers).map((reader) => ({ label: reader, reader }))

export const eachWritten = (plugin: Plugin): readonly Subject[] =>
  Object.entries(manifestOf(plugin).writers).flatMap(([writer, { takes }]) =>
    takes.map((entity) => ({ label: `${writer}.${entity}`, writer, entity })),
  )

/** Written entities that are events: what has happened, and can be taken back or fall apart. */
export const eachWrittenEvent = (plugin: Plugin): readonly Subject[] =>
  eachWritten(plugin).filter(({ entity }) => entity !== undefined && !isState(entity))

const ABOUT: ReadonlySet<string> = new Set([
  'decisions',
  'shipments',
  'invoices',
  'receipts',
  'refunds',
  'points',
  'coupons',
])
/** Written events about an order or a return: there may be several, and the order may not be ready for them. */
export const eachWrittenAbout = (plugin: Plugin): readonly Subject[] =>
  eachWritten(plugin).filter(({ entity }) => ABOUT.has(entity ?? ''))

const OF_LINES: ReadonlySet<string> = new Set(['decisions', 'shipments', 'receipts', 'refunds'])
/** Written entities that are made of lines, each of which may fail alone. */
export const eachWrittenOfLines = (plugin: Plugin): readonly Subject[] =>
  eachWritten(plugin).filter(({ entity }) => OF_LINES.has(entity ?? ''))

/** Readers of a plugin that speaks HTTP. */
export const eachHttpReader = (plugin: Plugin): readonly Subject[] =>
  plugin.hosts === undefined ? [] : eachReader(plugin)
export const eachHttpWritten = (plugin: Plugin): readonly Subject[] =>
  plugin.hosts === undefined ? [] : eachWritten(plugin)

/** The promise was not kept. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** The author has told no scenario, and no weaker promise either. */
export class MissingScenario extends Error {
  override readonly name = 'MissingScenario'
}

/** The plugin has nothing that this promise could be about, which shows only when it is connected: no reading by id, no `readBack`. */
export class DoesNotArise extends Error {
  override readonly name = 'DoesNotArise'
}

export function promise(holds: boolean, otherwise: string | (() => string)): asserts holds {
  if (!holds) throw new Violation(typeof otherwise === 'function' ? otherwise() : otherwise)
}
