import { resolve } from 'node:path'
import type { StoreAddress } from './config.ts'
import { resolveText } from './connection-settings.ts'
import type { ConfigFile } from './file-schema.ts'
import { ConfigError, type ConfigProblem } from './problems.ts'
import { hasReference } from './references.ts'
import type { Report } from './report.ts'
import type { SecretSource } from './secret-source.ts'

/** Addresses that hold a secret in plain text. */
export function checkAddresses(
  report: Report,
  { store, storeKey, notify }: Pick<ConfigFile, 'store' | 'storeKey' | 'notify'>,
): ConfigProblem[] {
  const password = /^postgres(ql)?:\/\/[^/@:]*:[^/@]+@/.test(store) && !hasReference(store)
  return [
    ...(password
      ? [
          report.value(
            ['store'],
            'A password stands here in plain text. Write "${env:DATABASE_URL}" and set that variable.',
          ),
        ]
      : []),
    ...(storeKey !== undefined && !hasReference(storeKey)
      ? [
          report.value(
            ['storeKey'],
            'A key stands here in plain text. Write "${env:KONTOR_STORE_KEY}" and set that variable, or use ${file:./path} or ${secret:name}.',
          ),
        ]
      : []),
    ...(notify !== undefined && !hasReference(notify)
      ? [
          report.value(
            ['notify'],
            'Whoever knows this address can write to it. Write "${env:KONTOR_NOTIFY}" and set that variable, or use ${file:./path} or ${secret:name}.',
          ),
        ]
      : []),
  ]
}

/** A text of the file with its references replaced. */
export async function lookUp(
  report: Report,
  key: 'store' | 'storeKey' | 'notify',
  text: string,
  secrets: SecretSource,
): Promise<string> {
  const resolved = await resolveText(text, secrets)
  if ('missing' in resolved)
    throw new ConfigError([{ ...report.value([key], resolved.missing), code: 'SECRET_MISSING' }])
  return resolved.text
}

/** Where the store is, with the references of its address replaced. */
export async function storeAddress(
  report: Report,
  { store, storeKey }: Pick<ConfigFile, 'store' | 'storeKey'>,
  folder: string,
  secrets: SecretSource,
): Promise<StoreAddress> {
  const address = await lookUp(report, 'store', store, secrets)
  const key = storeKey === undefined ? {} : { key: await lookUp(report, 'storeKey', storeKey, secrets) }
  return /^postgres(ql)?:\/\//.test(address)
    ? { kind: 'postgres', url: address, ...key }
    : { kind: 'file', path: resolve(folder, address), ...key }
}
