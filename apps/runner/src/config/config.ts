import type { Entity, Limits, Plugin, PredicateName } from '@kontor/core'
import type { LoyaltyRules } from '../loyalty/rules.ts'
import type { FileDecideCase } from './file-schema.ts'
import type { ConfigProblem, Place } from './problems.ts'

/** A config file, read and checked. Secrets are not looked up before they are asked for. */
export interface Config {
  /** Absolute path of the file, and the folder that relative paths start from. */
  file: string
  folder: string
  /** Where the store is, or another written as the config writes it (`at`). Throws SECRET_MISSING where a reference leads nowhere. */
  store(at?: string): Promise<StoreAddress>
  connections: ReadonlyMap<string, Connection>
  /** One flow for each pair of source and destination, so that one added to a list leaves the others as they are. */
  flows: readonly Flow[]
  loyalty: readonly LoyaltyFlow[]
  decide: ReadonlyMap<string, DecideRule>
  log: { level: LogLevel }
  /** Where webhooks come in, where they do. */
  webhooks: WebhookSettings | undefined
  /** The address to tell what a person should know. Throws SECRET_MISSING where a reference leads nowhere. */
  notify(): Promise<string | undefined>
  /** What looks wrong and stops nothing. */
  warnings: readonly ConfigProblem[]
  /** Where a key of an error stands: `connections.shop.credentials.token`, `flows.orders:shop>depot.guard`. */
  place(key: string): Place | undefined
}

/** `url`: as the internet knows it, up to the name of a connection; `host`, `port`: where a runner listens. */
export interface WebhookSettings {
  url: string
  host: string
  port: number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type StoreAddress =
  | { kind: 'file'; path: string; key?: string }
  | { kind: 'postgres'; url: string; key?: string }

export interface Connection {
  name: string
  /** As the file writes it: a package, or a path. */
  pluginName: string
  plugin: Plugin
  /** The plugin's limits with the changes of the file. */
  limits: Limits
  /** How often a reader runs, where the connection says so. */
  everyMs(reader: string): number | undefined
  /** How long its writers gather, where the connection says so. */
  lingerMs: number | undefined
  /** How long buyers' data of finished records stay, where the connection says so. */
  retentionMs: number | undefined
  /** How long before its ship-by time an order that is still here is warned of. */
  shipByWarningMs: number
  /** When what it holds is compared with what was wished for: a cron pattern. */
  reconcile: string | undefined
  paused: boolean
  /** `config`: the file says where they are; `store`: it leaves that to what was entered with `kontor connect`; `none`: the plugin takes none. */
  credentialsIn: 'config' | 'store' | 'none'
  /**
   * Looks the references up, and checks the whole.
   * @param entered credentials that were entered, where the file states none
   * Throws SECRET_MISSING, SECRET_MALFORMED or CONFIG_INVALID with file, line and column.
   */
  open(entered?: unknown): Promise<ConnectionSettings>
  /** The same without credentials: what a system is asked for consent with. */
  openConfig(): Promise<Pick<ConnectionSettings, 'config' | 'parsedConfig'>>
}

/** What a plugin is connected with. */
export interface ConnectionSettings {
  /** As the plugin's schemas take it in, references replaced. */
  config: unknown
  /** `undefined` where the plugin needs none. */
  credentials: unknown
  /** As the plugin's schema gives it out: with defaults. */
  parsedConfig: unknown
  /** Values that must be masked wherever they appear. */
  secrets: readonly string[]
}

/** Deliver `entity` from one connection to another, or to the one that owns what a record is about. */
export interface Flow {
  /** `orders:shop>warehouse`: the same as long as these three are. */
  id: string
  entity: Entity
  from: readonly string[]
  to: readonly string[] | 'origin'
  where: PredicateName
  /** Only orders that go to these countries; all, where it is not stated. */
  countries: readonly string[] | undefined
  /** Records older than this (milliseconds since 1970) are not delivered; 0: all are. */
  start: number | 'first-run'
  everyMs: number | undefined
  cron: string | undefined
  guard: { dropToZero?: number; priceChange?: number; floor?: Readonly<Record<string, string>> } | undefined
}

export interface LoyaltyFlow {
  id: string
  shop: string
  provider: string
  rules: LoyaltyRules
}

/** What an order must be like, and what is decided then. */
export type DecideCase = FileDecideCase

export interface DecideRule {
  accept: 'auto' | 'manual' | 'rule'
  /** With `rule`: the first that fits decides. */
  rules: readonly DecideCase[]
  notBeforeMs: number
  preorders: 'in-stock' | 'at-once' | 'manual'
}
