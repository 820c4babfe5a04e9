import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Reference } from './references.ts'

/** Where references of a config are looked up. `undefined`: it is not there. */
export interface SecretSource {
  look(reference: Reference): Promise<string | undefined> | string | undefined
  /** What a person can do where it is missing. */
  remedy(reference: Reference): string
}

export interface SecretSourceOptions {
  /** Folder of the config: relative files start here, `.env` and `secrets/` lie here. */
  folder: string
  environment?: Readonly<Record<string, string | undefined>>
}

/**
 * - `env`: the environment, then `.env` beside the config
 * - `file`: the text of a file, without the line break at its end
 * - `secret`: a file of that name where secrets are mounted: `KONTOR_SECRETS`, systemd's `CREDENTIALS_DIRECTORY`, `/run/secrets`, `secrets/` beside the config
 */
export function createSecretSource({ folder, environment = process.env }: SecretSourceOptions): SecretSource {
  const beside = readEnvFile(join(folder, '.env'))
  const directories = [
    environment['KONTOR_SECRETS'],
    environment['CREDENTIALS_DIRECTORY'],
    '/run/secrets',
    join(folder, 'secrets'),
  ].flatMap((each) => (each ? [resolve(folder, each)] : []))
  return {
    look({ kind, name }) {
      if (kind === 'env') return filled(environment[name]) ?? filled(beside[name])
      if (kind === 'file') return readText(resolve(folder, name))
      return isPlainName(name)
        ? directories.map((each) => readText(join(each, name))).find((text) => text !== undefined)
        : undefined
    },
    remedy({ kind, name }) {
      if (kind === 'env')
        return `The variable ${name} is not set. Set it in the environment, or in ${join(folder, '.env')}.`
      if (kind === 'file')
        return `The file ${isAbsolute(name) ? name : join(folder, name)} cannot be read, or is empty. Create it, or correct its path.`
      return `There is no secret ${name}. Create a file of that name in one of ${directories.join(', ')}.`
    },
  }
}

/** A variable that is set to nothing was meant to be filled. */
const filled = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text)
const isPlainName = (name: string): boolean => /^[\w.-]+$/.test(name) && !name.startsWith('.')

function readText(path: string): string | undefined {
  try {
    return filled(readFileSync(path, 'utf8').replace(/\r?\n$/, ''))
  } catch {
    return undefined
  }
}

function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
}
