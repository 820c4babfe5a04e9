import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { z } from 'zod'
import { toKontorError } from '@kontor/core'
import { ConfigError } from '../config/index.ts'
import { coloured, createCli, type Cli, type GlobalOptions } from './cli.ts'
import { commands } from './commands/index.ts'
import { exitCodeOf, type ExitCode } from './exit-codes.ts'
import { levels } from './logging.ts'
import type { Act } from './registration.ts'
import { errorDocument, showError } from './show-error.ts'
import { watchSignals } from './signals.ts'
import { createPaint } from './text.ts'
import { UsageError } from './usage-error.ts'

const manifestFile = new URL('../../package.json', import.meta.url)
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifestFile, 'utf8')))

export function createProgram(end: (code: ExitCode) => void): Command {
  const program = new Command('kontor')
    .description("keeps a merchant's marketplaces in step with their own systems")
    .version(version)
    .option('-c, --config <file>', 'the config', './kontor.yaml')
    .option('--json', 'one JSON document on standard output, and nothing else')
    .addOption(new Option('--log-level <level>', 'what is logged to standard error').choices(levels))
    .option('--no-color', 'no colours')
    .showSuggestionAfterError(true)
    .helpCommand('help [command]', 'help for a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride()
  const act: Act =
    (work) =>
    async (...given) => {
      // Commander gives a command its arguments, its options and itself.
      const command = given.at(-1)
      if (!(command instanceof Command)) throw new TypeError('an action was called without its command')
      end(
        await perform(
          command.optsWithGlobals<GlobalOptions>(),
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what commander gives is what the command described
          async (cli) => await work(cli, ...(given.slice(0, -1) as never)),
        ),
      )
    }
  for (const register of commands) register(program, act)
  silence(program)
  return program
}

/** Errors of the command line are shown by `main`, in the form of all others. */
function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined, outputError: () => undefined }).exitOverride()
  for (const each of command.commands) silence(each)
}

async function perform(
  options: GlobalOptions,
  work: (cli: Cli) => Promise<ExitCode | undefined | void>,
): Promise<ExitCode> {
  const watch = watchSignals()
  const cli = createCli(options, watch.signal)
  try {
    const code = (await work(cli)) ?? 0
    return watch.interrupted() ? 130 : code
  } catch (thrown) {
    if (watch.interrupted()) return 130
    return fail(cli, thrown)
  } finally {
    cli.screen.clear()
    watch.end()
  }
}

function fail(cli: Cli, thrown: unknown): ExitCode {
  const known = toKontorError(thrown, 'The command')
  const error = known instanceof ConfigError || known instanceof UsageError ? known : cli.redactor.error(known)
  cli.screen.clear()
  if (error.code === 'INTERNAL') cli.log.debug(stackOf(known.cause ?? thrown))
  if (cli.out.json)
    process.stdout.write(`${cli.redactor.text(JSON.stringify(errorDocument(error, cli.known), undefined, 2))}\n`)
  else
    cli.screen.write(
      cli.redactor.text(
        showError(error, { paint: paintOfErrors(cli.out.json), columns: process.stderr.columns, config: cli.known }),
      ),
    )
  return exitCodeOf(error)
}

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)

const paintOfErrors = (json: boolean) =>
  createPaint(coloured({ color: !process.argv.includes('--no-color'), json }, process.stderr.isTTY))

/** Runs one command line. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = createProgram((ended) => {
    code = ended
  })
  try {
    await program.parseAsync([...argv])
    return code
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    // Asked for: help and version.
    if (thrown.exitCode === 0) return 0
    return usageError(thrown, argv, program)
  }
}

/** A command line that cannot be read: by commander, whose words are brought into our form, or by a command itself. */
function usageError({ message, code }: CommanderError, argv: readonly string[], program: Command): ExitCode {
  const json = argv.includes('--json')
  if (code === 'commander.help' && !json) {
    process.stderr.write(named(program, argv).helpInformation())
    return 2
  }
  const text = code === 'commander.help' ? 'a command is missing' : message
  const error = new UsageError(sentenceOf(text.replace(/^error: /, '')))
  if (json) process.stdout.write(`${JSON.stringify(errorDocument(error, undefined), undefined, 2)}\n`)
  else
    process.stderr.write(
      showError(error, { paint: paintOfErrors(json), columns: process.stderr.columns, config: undefined }),
    )
  return 2
}

/** `unknown command 'statsu'\n(Did you mean status?)` as our errors are written. */
function sentenceOf(text: string): string {
  const [first = '', ...rest] = text
    .split(/\s*\n\s*/)
    .map((line) =>
      line
        .replace(/'/g, '"')
        .replace(
          /^\(Did you mean (one of )?(.+)\?\)$/,
          (_, several: string | undefined, words: string) =>
            `Did you mean ${several === undefined ? `"${words}"` : words}?`,
        ),
    )
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest]
    .map((line) => (/[.!?]$/.test(line) ? line : `${line}.`))
    .join(' ')
}

/** The command whose sub-command is missing. */
const named = (program: Command, argv: readonly string[]): Command =>
  argv.slice(2).reduce((command, word) => command.commands.find((each) => each.name() === word) ?? command, program)
