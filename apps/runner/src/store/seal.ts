import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Kysely } from 'kysely'
import { KontorError } from '@kontor/core'
import type { Tables } from './schema.ts'

/** Seals what must not be readable in a copied store: raw values of rejections, credentials. AES-256-GCM; content hashes are keyed with it too. */
export interface Sealer {
  seal(text: string): string
  open(sealed: string): string
  /** Keyed digest, 32 hexadecimal digits: tells equality, and cannot be guessed back. */
  digest(text: string): string
  /** The key itself, as 64 hexadecimal digits: for a copy of the store, never for a screen. */
  exportKey(): string
}

export function createSealer(key: Uint8Array): Sealer {
  const derive = (purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, '', `kontor/${purpose}`, 32))
  const [sealing, hashing] = [derive('seal'), derive('hash')]
  return {
    seal(text) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(-16))
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
    },
    digest: (text) => createHmac('sha256', hashing).update(text).digest('hex').slice(0, 32),
    exportKey: () => Buffer.from(key).toString('hex'),
  }
}

/**
 * The key of a store: from the value given (64 hexadecimal digits, a reference in the config), else from a file beside the store that only its
 * owner can read, made at the first start. Without it sealed values are lost, so it belongs into the backup, apart from the store.
 */
export function loadKey(path: string, given?: string): Uint8Array {
  if (given !== undefined) {
    if (!/^[0-9a-f]{64}$/i.test(given.trim()))
      throw new KontorError('SECRET_MALFORMED', {
        message: 'The key of the store must be 64 hexadecimal digits.',
        key: 'storeKey',
      })
    return Buffer.from(given.trim(), 'hex')
  }
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(path, 0o600)
  return loadKey(path, readFileSync(path, 'utf8'))
}

/**
 * The key of a store on a server. Given in the config it never touches the database. Without one it is made once and kept beside the data: hashes
 * agree between runners, and sealing then protects against nobody who can read the database; the message of `doctor` says so.
 */
export async function sharedKey(db: Kysely<Tables>, given: string | undefined): Promise<Uint8Array> {
  if (given !== undefined) return loadKey('', given)
  await db
    .insertInto('meta')
    .values({ key: 'key', value: randomBytes(32).toString('hex') })
    .onConflict((clash) => clash.doNothing())
    .execute()
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'key').executeTakeFirstOrThrow()
  return loadKey('', row.value)
}
