import { dirname, resolve } from 'node:path'
import type { Clock } from '@kontor/core'
import { createRedactor, systemClock, type Redactor } from '@kontor/core/host'
import { loadConfig, type Config, type LogLevel, type PluginLoader } from '../config/index.ts'
import { createPluginLoader } from './installed.ts'
import { createLog, type LeveledLog } from './logging.ts'
import { createOutput, type Output } from './output.ts'
import { createScreen, type Screen } from './screen.ts'

/** Options every command has. */
export interface GlobalOptions {
  config: string
  json?: boolean
  logLevel?: LogLevel
  color: boolean
}

/** What a command works with. */
export interface Cli {
  readonly out: Output
  readonly screen: Screen
  readonly log: LeveledLog
  readonly clock: Clock
  readonly redactor: Redactor
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal
  /** Absolute path of the config, whether it exists or not, and its folder. */
  readonly file: string
  readonly folder: string
  readonly loadPlugin: PluginLoader
  /** The config, read once. Its warnings are logged. */
  config(): Promise<Config>
  /** The config, if it has been read. */
  readonly known: Config | undefined
}

export function createCli(options: GlobalOptions, signal: AbortSignal): Cli {
  const json = options.json ?? false
  const clock = systemClock
  const redactor = createRedactor()
  const screen = createScreen(clock, {
    terminal: !json && process.stderr.isTTY,
    columns: () => process.stderr.columns || 80,
  })
  const out = createOutput({
    json,
    colour: coloured(options, process.stdout.isTTY),
    columns: process.stdout.isTTY ? process.stdout.columns || 80 : undefined,
    write: (text) => {
      screen.clear()
      process.stdout.write(redactor.text(text))
    },
  })
  const log = createLog({
    level: options.logLevel ?? 'warn',
    screen,
    colour: coloured(options, screen.terminal),
    redactor,
  })
  const file = resolve(options.config)
  const folder = dirname(file)
  const load = createPluginLoader()
  let known: Config | undefined
  return {
    out,
    screen,
    log,
    clock,
    redactor,
    signal,
    file,
    folder,
    loadPlugin: load,
    async config() {
      if (known) return known
      known = withMaskedStore(await loadConfig(file, { loadPlugin: load }), redactor)
      for (const { message, path, place } of known.warnings)
        log.warn(message, { key: path.join('.'), ...(place ? { at: `${file}:${place.line}:${place.column}` } : {}) })
      return known
    },
    get known() {
      return known
    },
  }
}

/** The address of the store may hold a password, and its key is one. */
function withMaskedStore(config: Config, redactor: Redactor): Config {
  return {
    ...config,
    async store(at) {
      const address = await config.store(at)
      if (address.key !== undefined) redactor.add(address.key)
      if (address.kind === 'postgres') redactor.add(decodeURIComponent(URL.parse(address.url)?.password ?? ''))
      return address
    },
  }
}

/** As people expect it: not into a file, not with NO_COLOR. */
export const coloured = ({ color, json }: Pick<GlobalOptions, 'color' | 'json'>, terminal: boolean): boolean =>
  color && !json && terminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
