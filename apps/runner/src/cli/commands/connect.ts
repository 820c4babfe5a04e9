import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { KontorError } from '@kontor/core'
import { z } from 'zod'
import { requestConsent, secretsIn } from '@kontor/core/host'
import type { Config, Connection } from '../../config/index.ts'
import { openConfiguredStore } from '../../engine/open-engine.ts'
import { enterCredentials, enteredCredentials, forgetCredentials } from '../../store/credentials.ts'
import { readStatus } from '../../store/status.ts'
import { ask } from '../ask.ts'
import { checkAccount, checkDocument, exitCodeOfCheck, showChecked } from '../check-accounts.ts'
import type { Cli } from '../cli.ts'
import { complaintsAbout, credentialFields, fromAnswers, fromText, questionOf } from '../credential-input.ts'
import { namedConnections } from '../names.ts'
import type { Registration } from '../registration.ts'
import { UsageError } from '../usage-error.ts'

interface ConnectOptions {
  file?: string
  forget?: boolean
  /** The address that consent leads back to. */
  consent?: string
}

/** Takes the credentials of a connection in, seals them in the store at once, and checks them. They are never printed. */
export const connect: Registration = (program, act) =>
  void program
    .command('connect')
    .description('enter the credentials of a connection: they are stored encrypted at once, never shown, and checked')
    .argument('<connection>', 'its name in the config')
    .option('--file <path>', 'reads them from this file; without it from standard input, or they are asked for')
    .option(
      '--consent <address>',
      'asks for consent in the browser: shows where, and takes the address that leads back to; <address> is the one registered with the system',
    )
    .option('--forget', 'takes the stored credentials away instead')
    .action(
      act(async (cli, name: string, { file, forget = false, consent }: ConnectOptions) => {
        if (forget && (file !== undefined || consent !== undefined))
          throw new UsageError('--forget reads no credentials. Leave --file and --consent out.')
        const config = await cli.config()
        const [connection] = namedConnections(config, name)
        if (!connection) throw new UsageError(`There is no connection "${name}".`)
        if (forget) return await takeAway(cli, config, connection)
        refuseIfStated(connection)
        const credentials =
          consent === undefined
            ? await readCredentials(cli, connection, file)
            : await askForConsent(cli, config, connection, { redirect: consent, file })
        cli.redactor.add(...secretsIn(credentials))
        refuseIfMalformed(connection, credentials)
        const { replaced, running, sealedBy } = await keep(cli, config, connection, credentials)
        const days = replaced ? await statedDays(connection) : []
        const checked = [await checkAccount(cli, config, connection)]
        const document = { connection: name, stored: true, replaced, ...checkDocument(config, checked) }
        cli.out.result(document, () => {
          cli.out.print(
            `The credentials of ${name} are ${replaced ? 'replaced' : 'stored'}, encrypted with ${sealedBy}.`,
          )
          if (file !== undefined) cli.out.print(`They also stand in ${file}: delete that file.`)
          if (running)
            cli.out.print(
              connection.plugin.credentials?.kind === 'oauth'
                ? 'The runner takes them up by itself within a quarter of an hour.'
                : 'The runner goes on with what it began with: start it again.',
            )
          for (const day of days) cli.out.print(day)
          cli.out.print()
          showChecked(cli, config, checked)
        })
        return exitCodeOfCheck(checked)
      }),
    )

function refuseIfStated({ name, plugin, credentialsIn }: Connection): void {
  if (credentialsIn === 'none')
    throw new KontorError('CONFIG_INVALID', {
      message: `Plugin ${plugin.id} takes no credentials; there is nothing to enter for ${name}.`,
      key: `connections.${name}`,
    })
  if (credentialsIn === 'config')
    throw new KontorError('CONFIG_INVALID', {
      message: `The config says where the credentials of ${name} are, and what it says counts. To enter them here, remove that block from the config; nothing was stored.`,
      key: `connections.${name}.credentials`,
    })
}

/** What stands in the store or a file is completed by what a person consents to in the browser. */
async function askForConsent(
  cli: Cli,
  config: Config,
  connection: Connection,
  { redirect, file }: { redirect: string; file: string | undefined },
): Promise<unknown> {
  const { name, plugin } = connection
  const spec = plugin.credentials
  const brings = (spec?.kind === 'oauth' && spec.consent?.brings) || []
  if (!URL.canParse(redirect)) throw new UsageError('--consent takes the whole address, with https://.')
  const present =
    file === undefined
      ? await stored(cli, config, name)
      : fromText(plugin, filled(readText(resolve(file)), `The file ${file} is empty.`))
  const known = Object.fromEntries(Object.entries(present ?? {}).filter(([key]) => !brings.includes(key)))
  const missing = credentialFields(plugin).filter(
    (field) => field.required && !brings.includes(field.name) && known[field.name] === undefined,
  )
  if (missing.length > 0 && !process.stdin.isTTY)
    throw new UsageError(
      `Consent brings ${brings.join(', ')}; ${missing.map((field) => field.name).join(', ')} must be known before. Name a file with --file that has ${missing.length === 1 ? 'it' : 'them'}.`,
    )
  const terminal = { input: process.stdin, output: process.stderr }
  const typed = missing.length === 0 ? [] : await ask(missing.map(questionOf), terminal, cli.signal)
  for (const [index, field] of missing.entries()) known[field.name] = typed[index]
  const { parsedConfig } = await connection.openConfig()
  const request = requestConsent({
    plugin,
    name,
    config: parsedConfig,
    known,
    redirect,
    clock: cli.clock,
    redactor: cli.redactor,
  })
  process.stderr.write(
    `Open this address in a browser in which you are signed in to the right account and to no other:\n\n${request.url}\n\nThe browser is led to ${redirect}; it does not matter whether a page is there. Paste that whole address within five minutes.\n`,
  )
  const address = process.stdin.isTTY
    ? (await ask([{ text: 'Address: ', hidden: true }], terminal, cli.signal))[0]
    : await textOf(process.stdin)
  return await request.complete(filled(address ?? '', 'Nothing came in, and nothing was stored.'), cli.signal)
}

/** Days that the config states of what may have just been replaced. */
async function statedDays(connection: Connection): Promise<string[]> {
  const { parsedConfig } = await connection.openConfig()
  const values = z.record(z.string(), z.unknown()).catch({}).parse(parsedConfig)
  return (connection.plugin.credentials?.expires ?? []).flatMap(({ what, stated: key }) => {
    const day = key === undefined ? undefined : z.string().safeParse(values[key]).data
    return day === undefined
      ? []
      : [
          `The config says that the ${what} began on ${day}: if it is a new one, correct connections.${connection.name}.config.${key}.`,
        ]
  })
}

async function stored(cli: Cli, config: Config, name: string): Promise<object | undefined> {
  const store = await openConfiguredStore(config, cli.clock)
  try {
    const value = await enteredCredentials(store, name)
    return typeof value === 'object' && value !== null ? value : undefined
  } finally {
    await store.close()
  }
}

async function readCredentials(cli: Cli, { name, plugin }: Connection, file: string | undefined): Promise<unknown> {
  if (file !== undefined) return fromText(plugin, filled(readText(resolve(file)), `The file ${file} is empty.`))
  if (!process.stdin.isTTY)
    return fromText(
      plugin,
      filled(
        await textOf(process.stdin),
        'Nothing came in. Pipe the credentials in, name a file with --file, or run this in a terminal.',
      ),
    )
  cli.screen.write(`Credentials of ${name} (${plugin.title}). What is secret is not shown while you type or paste.\n`)
  return fromAnswers(
    plugin,
    await ask(credentialFields(plugin).map(questionOf), { input: process.stdin, output: process.stderr }, cli.signal),
  )
}

function filled(text: string, otherwise: string): string {
  if (text.trim() === '') throw new UsageError(otherwise)
  return text
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new KontorError('SECRET_MISSING', { message: `The file ${path} cannot be read. Correct its path.` })
  }
}

function refuseIfMalformed({ name, plugin }: Connection, credentials: unknown): void {
  const complaints = complaintsAbout(plugin, credentials)
  if (complaints.length > 0)
    throw new KontorError('SECRET_MALFORMED', {
      message: `These cannot be credentials of ${name}, and nothing was stored: ${complaints.join(' ')}`,
      key: `connections.${name}.credentials`,
    })
}

async function keep(
  cli: Cli,
  config: Config,
  { name }: Connection,
  credentials: unknown,
): Promise<{ replaced: boolean; running: boolean; sealedBy: string }> {
  const address = await config.store()
  const store = await openConfiguredStore(config, cli.clock)
  try {
    return {
      replaced: await enterCredentials(store, name, credentials),
      running: (await readStatus(store)).runner !== undefined,
      sealedBy:
        address.key !== undefined
          ? 'the key of the config'
          : address.kind === 'file'
            ? `the key in ${address.path}.key; keep both in your backup, apart from each other`
            : 'a key that lies in the same database, which keeps them from nobody who can read it; give one with "storeKey" in the config, and enter them again',
    }
  } finally {
    await store.close()
  }
}

async function takeAway(cli: Cli, config: Config, { name }: Connection): Promise<void> {
  const store = await openConfiguredStore(config, cli.clock)
  try {
    const forgotten = await forgetCredentials(store, name)
    cli.out.result({ connection: name, forgotten }, () =>
      cli.out.print(
        forgotten
          ? `The credentials of ${name} are no longer in the store.`
          : `The store has no credentials of ${name}.`,
      ),
    )
  } finally {
    await store.close()
  }
}
