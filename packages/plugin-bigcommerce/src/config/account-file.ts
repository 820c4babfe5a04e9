import { KontorError } from '@kontor/core'

/** The keys of the file, longest first, so that NAME is not found inside CLIENT NAME. */
const keys = ['ACCESS TOKEN', 'CLIENT SECRET', 'CLIENT NAME', 'CLIENT ID', 'API PATH', 'NAME'] as const
type Key = (typeof keys)[number]

/** A key anywhere in the text: so a file whose line breaks were lost is read as well. */
const anyKey = new RegExp(
  `(?<![A-Z])(${keys.map((key) => key.replace(' ', String.raw`[ \t_]`)).join('|')})[ \t]*:`,
  'gi',
)

/** Where not even a blank is left between a value and the next key, only capitals tell them apart. */
const runTogether = new RegExp(`(${keys.join('|')}):`, 'g')

/**
 * Reads the text file BigCommerce offers once, when an API account is created. Two layouts are about, with the keys in different order;
 * neither the order nor the case of the keys matters, and neither do a byte order mark, Windows line ends or blank lines.
 * Throws SECRET_MALFORMED, which never says a value.
 */
export function parseAccountFile(text: string): AccountFile {
  const plain = text.replace(/^\uFEFF/, '')
  try {
    return accountOf(readKeys(plain, anyKey))
  } catch (thrown) {
    try {
      return accountOf(readKeys(plain, runTogether))
    } catch {
      throw thrown
    }
  }
}

interface AccountFile {
  storeHash: string
  accessToken: string
  clientId?: string
  clientSecret?: string
  name?: string
}

function accountOf(found: ReadonlyMap<Key, string>): AccountFile {
  const storeHash = storeHashOf(required(found, 'API PATH'))
  const accessToken = single(required(found, 'ACCESS TOKEN'), 'ACCESS TOKEN')
  const [clientId, clientSecret] = [found.get('CLIENT ID'), found.get('CLIENT SECRET')]
  const name = found.get('NAME') ?? found.get('CLIENT NAME')
  return {
    storeHash,
    accessToken,
    ...(clientId ? { clientId: single(clientId, 'CLIENT ID') } : {}),
    ...(clientSecret ? { clientSecret: single(clientSecret, 'CLIENT SECRET') } : {}),
    ...(name ? { name } : {}),
  }
}

function readKeys(text: string, pattern: RegExp): Map<Key, string> {
  const found = new Map<Key, string>()
  const places = [...text.matchAll(pattern)]
  for (const [index, place] of places.entries()) {
    const key = keys.find((one) => one === (place[1] ?? '').toUpperCase().replace(/[\t_]/, ' '))
    const value = text.slice(place.index + place[0].length, places[index + 1]?.index).trim()
    if (key !== undefined && value !== '' && !found.has(key)) found.set(key, value)
  }
  return found
}

function required(found: ReadonlyMap<Key, string>, key: Key): string {
  const value = found.get(key)
  if (value !== undefined) return value
  const present = [...found.keys()]
  throw malformed(
    present.length === 0
      ? 'has none of the lines ACCESS TOKEN, CLIENT ID, CLIENT SECRET and API PATH'
      : `has no value for ${key} (it has ${present.join(', ')})`,
  )
}

/** A token or an id is one word. More than one means that something else ran into it. */
function single(value: string, key: Key): string {
  if (/^[!-~]+$/.test(value)) return value
  throw malformed(`has a value for ${key} that is not one word: line breaks or other text ran into it`)
}

function storeHashOf(path: string): string {
  const hash = /\/stores\/([a-z0-9]+)(?:[/\s]|$)/i.exec(path)?.[1]
  if (hash !== undefined) return hash
  throw malformed('has an API PATH without /stores/<store>/')
}

const malformed = (what: string): KontorError =>
  new KontorError('SECRET_MALFORMED', {
    message: `The API account file of BigCommerce ${what}. Use the file as it was downloaded (BigCommerceAPI-credentials-….txt); if it is gone, create a new API account and download its file.`,
    key: 'credentials.accountFile',
  })
