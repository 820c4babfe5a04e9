import { KontorError, toKontorError, type CheckResult, type ErrorCode, type Problem } from '@kontor/core'
import { problemsOf, type Config, type Connection } from '../config/index.ts'
import { expiring } from '../engine/expiry.ts'
import type { Cli } from './cli.ts'
import { exitCodeOfAll, type ExitCode } from './exit-codes.ts'
import { neededPermissions } from './needed-permissions.ts'
import { withConnected } from './with-connected.ts'

export interface Checked {
  connection: Connection
  result: CheckResult | undefined
  error: KontorError | undefined
}

/** Connects one account and asks whose it is; what goes wrong is part of the result. */
export async function checkAccount(cli: Cli, config: Config, connection: Connection): Promise<Checked> {
  try {
    return {
      connection,
      result: await withConnected(cli, config, connection, async (connected, { settings, store }) => {
        const result = await connected.check(cli.signal)
        const endings = store ? await expiring(store, connection.name, connection.plugin, settings) : []
        return { ...result, problems: [...result.problems, ...endings] }
      }),
      error: undefined,
    }
  } catch (thrown) {
    const error = toKontorError(thrown, `Checking ${connection.name}`)
    if (error.code === 'ABORTED') throw error
    return { connection, result: undefined, error }
  }
}

interface Row {
  connection: string
  level: Problem['level']
  message: string
  code: ErrorCode | undefined
  key: string | undefined
}

function rowsOf({ connection, result, error }: Checked): Row[] {
  const name = connection.name
  const inFile = problemsOf(error).map(({ message, code, path, level }) => ({
    connection: name,
    level,
    message,
    code,
    key: path.join('.'),
  }))
  const thrown =
    error && inFile.length === 0
      ? [{ connection: name, level: 'error' as const, message: error.message, code: error.code, key: error.key }]
      : []
  const found = (result?.problems ?? []).map(({ level, message, code, key }) => ({
    connection: name,
    level,
    message,
    code,
    key: absolute(name, key),
  }))
  return [...inFile, ...thrown, ...found]
}

const absolute = (connection: string, key: string | undefined): string | undefined =>
  key === undefined || key.startsWith('connections.') ? key : `connections.${connection}.${key}`

/** What was found, as the document of a command. */
export const checkDocument = (config: Config, checked: readonly Checked[]): Record<string, unknown> => ({
  connections: checked.map((each) => ({
    connection: each.connection.name,
    plugin: each.connection.pluginName,
    account: each.result?.account,
    facts: each.result?.facts,
    permissions: neededPermissions(config, each.connection),
    ok: rowsOf(each).every(({ level }) => level !== 'error'),
    problems: rowsOf(each).map(({ level, message, code, key }) => ({ level, message, code, key })),
  })),
  warnings: config.warnings.map(({ file, place, path, message }) => ({
    file,
    ...place,
    key: path.join('.'),
    message,
  })),
})

/** The same for people. */
export function showChecked({ out }: Cli, config: Config, checked: readonly Checked[]): void {
  out.table(checked, [
    { title: 'CONNECTION', value: (each) => each.connection.name },
    { title: 'PLUGIN', value: (each) => each.connection.pluginName, shrinkTo: 16 },
    { title: 'ACCOUNT', value: (each) => each.result?.account, shrinkTo: 10 },
    {
      title: 'STATE',
      value: verdict,
      paint: (each) => (verdict(each) === 'ok' ? 'green' : verdict(each) === 'warnings' ? 'yellow' : 'red'),
    },
    {
      title: 'FACTS',
      value: (each) => (isLong(each) ? 'below' : factsOf(each).join(', ')),
      shrinkTo: 16,
    },
  ])
  for (const each of checked) showDetails(out, config, each)
  for (const { connection, level, message, code, key } of checked.flatMap(rowsOf)) {
    const at = key === undefined ? undefined : config.place(key)
    const paint = level === 'error' ? out.paint.red : level === 'warning' ? out.paint.yellow : out.paint.dim
    out.print(
      `\n${paint(level)}  ${out.paint.bold(connection)}${code === undefined ? '' : `  ${code}`}${key === undefined ? '' : `  ${key}${at ? ` (line ${at.line})` : ''}`}\n  ${message}`,
    )
  }
}

const factsOf = ({ result }: Checked): string[] =>
  Object.entries(result?.facts ?? {}).map(([name, value]) => `${name}: ${value}`)

/** Facts that are sentences have lines of their own. */
const isLong = (checked: Checked): boolean => factsOf(checked).some((fact) => fact.length > 60)

function showDetails(out: Cli['out'], config: Config, checked: Checked): void {
  const needed = neededPermissions(config, checked.connection)
  if (!isLong(checked) && needed.length === 0) return
  out.print(`\n${out.paint.bold(checked.connection.name)}`)
  if (isLong(checked)) for (const fact of factsOf(checked)) out.print(`  ${fact}`)
  for (const { permission, flows } of needed) out.print(`  needed: ${permission} (${flows.join(', ')})`)
}

function verdict(checked: Checked): string {
  const levels = rowsOf(checked).map(({ level }) => level)
  return levels.includes('error') ? 'failed' : levels.includes('warning') ? 'warnings' : 'ok'
}

/** A problem without a code, or one that names a key, is one of the configuration: that is what a check is about. */
export function exitCodeOfCheck(checked: readonly Checked[]): ExitCode {
  const errors = checked.flatMap(rowsOf).filter(({ level }) => level === 'error')
  return exitCodeOfAll(
    errors.map(({ code, key, message }) => {
      const ofConfig = code === undefined || key !== undefined
      return new KontorError(ofConfig ? 'CONFIG_INVALID' : code, { message })
    }),
  )
}
