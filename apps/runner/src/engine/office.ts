import {
  toMilliseconds,
  type Entity,
  type Parts,
  type Plugin,
  type Problem,
  type PredicateName,
  type ReaderSpec,
  type WriterSpec,
} from '@kontor/core'

/** One connection at work: a plugin, connected to one account. */
export interface Office {
  name: string
  plugin: Plugin
  parts: Parts
  /** Whose data it sees, as `check` told; the connection's name until that is known. */
  account: string
  /** Overrides how often its readers run. */
  everyMs: (reader: string) => number | undefined
  /** Overrides how long its writers gather before they write, in milliseconds. */
  lingerMs?: number | undefined
  /** How long buyers' data of its finished records stay, in milliseconds; for good without it. */
  retentionMs?: number | undefined
  /** How long before its ship-by time an order that is still here is warned of. */
  shipByWarningMs?: number | undefined
  /** When what it holds is compared with what was wished for: a cron pattern. */
  reconcile?: string | undefined
  /** What will have run out of its credentials. */
  expiring?: () => Promise<readonly Problem[]>
  dependsOn: (keys: readonly string[]) => string
}

/** A configured route. `to: 'origin'`: the connection that owns what a record is about. */
export interface Flow {
  id: string
  /** The loyalty plan whose statements go this way, where the ledger is the source. */
  plan?: string
  entity: Entity
  from: readonly string[]
  to: readonly string[] | 'origin'
  where: PredicateName
  /** Only orders that go to these countries. */
  countries?: readonly string[] | undefined
  /** Records older than this are not delivered: an instant in milliseconds, or the first run of the flow. */
  start: number | 'first-run'
  everyMs: number | undefined
  cron?: string | undefined
  guard: { dropToZero?: number; priceChange?: number; floor?: Readonly<Record<string, string>> } | undefined
}

export const readerSpecs = (office: Office): [string, ReaderSpec][] =>
  Object.entries(office.plugin.readers as Record<string, ReaderSpec>)
export const writerSpecs = (office: Office): [string, WriterSpec][] =>
  Object.entries(office.plugin.writers as Record<string, WriterSpec>)

/** The writer of an office that takes an entity. */
export function writerFor(office: Office, entity: Entity): { name: string; spec: WriterSpec } | undefined {
  const found = writerSpecs(office).find(([, spec]) => spec.takes.includes(entity))
  return found && { name: found[0], spec: found[1] }
}

/** How long deliveries to a writer wait for more of their kind. */
export const lingerMs = (office: Office, spec: WriterSpec): number =>
  office.lingerMs ?? (spec.batch?.linger ? toMilliseconds(spec.batch.linger) : 0)
export const settlesMs = (spec: WriterSpec): number => toMilliseconds(spec.settles ?? '2m')
export const batchMax = (spec: WriterSpec): number => spec.batch?.max ?? 50
