import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { KontorError } from '@kontor/core'
import { secretsIn } from '@kontor/core/host'
import type { Config, Connection } from '../../config/index.ts'
import { openConfiguredStore } from '../../engine/open-engine.ts'
import { enterCredentials, forgetCredentials } from '../../store/credentials.ts'
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
}

/** Takes the credentials of a connection in, seals them in the store at once, and checks them. They are never printed. */
export const connect: Registration = (program, act) =>
  void program
    .command('connect')
    .description('enter the credentials of a connection: they are stored encrypted at once, never shown, and checked')
    .argument('<connection>', 'its name in the config')
    .option('--file <path>', 'reads them from this file; without it from standard input, or they are asked for')
    .option('--forget', 'takes the stored credentials away instead')
    .action(
      act(async (cli, name: string, { file, forget = false }: ConnectOptions) => {
        if (forget && file !== undefined) throw new UsageError('--forget reads no credentials. Leave --file out.')
        const config = await cli.config()
        const [connection] = namedConnections(config, name)
        if (!connection) throw new UsageError(`There is no connection "${name}".`)
        if (forget) return await takeAway(cli, config, connection)
        refuseIfStated(connection)
        const credentials = await readCredentials(cli, connection, file)
        cli.redactor.add(...secretsIn(credentials))
        refuseIfMalformed(connection, credentials)
        const { replaced, running, sealedBy } = await keep(cli, config, connection, credentials)
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
