import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { isKontorError } from '@kontor/core'
import type { OpenConnection } from '../../stage/open-connection.ts'
import { promise } from '../../suite/case.ts'
import type { BuyerCanary } from '../../suite/scenarios.ts'
import { manifestOf } from '../../suite/manifest.ts'
import type { CaseContext } from '../../stage/context.ts'

/** A buyer whose every word is found again wherever it turns up. */
export const buyerCanary: BuyerCanary = {
  firstName: 'Kanarilda',
  lastName: 'Geheimbusch',
  email: 'kanarilda.geheimbusch@example.com',
  phone: '+493055501739',
  street: 'Verschwiegene Gasse 1739',
}

/** The secrets of a connection, in every spelling in which they might leak. */
export function secretCanaries(context: CaseContext, connection: { config: unknown; credentials?: unknown }): string[] {
  const { credentials } = manifestOf(context.plugin)
  const texts = [...stringsIn(connection.credentials)].filter((text) => text.length >= 8)
  const more = credentials?.secrets?.(connection.credentials, connection.config) ?? []
  return [...new Set([...texts, ...more].flatMap(spellings))]
}

function spellings(text: string): string[] {
  const base64 = Buffer.from(text).toString('base64')
  return [text, encodeURIComponent(text), base64, base64.replace(/=+$/, ''), Buffer.from(text).toString('base64url')]
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) yield* stringsIn(member)
}

const LARGEST_FILE = 2_000_000

/** Places where a canary must not be found, as text. */
export class Evidence {
  readonly #found: { place: string; text: string }[] = []

  add(place: string, thing: unknown): void {
    if (thing === undefined) return
    const text =
      typeof thing === 'string'
        ? thing
        : [inspect(thing, { depth: 12, showHidden: true, maxStringLength: null, breakLength: 200 }), json(thing)].join(
            '\n',
          )
    this.#found.push({ place, text })
  }

  addLog({ log }: OpenConnection): void {
    for (const { level, message, fields } of log.lines)
      this.add(`a line of its log (${level})`, `${message} ${JSON.stringify(fields ?? {})}`)
  }

  /** Every file in a folder and below it, the large ones up to here. */
  async addFiles(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0))
      this.add(`a file that it left (${entry.name})`, bytes.subarray(0, LARGEST_FILE).toString('utf8'))
    }
  }

  promiseNone(canaries: readonly string[], what: string): void {
    for (const { place, text } of this.#found) {
      const canary = canaries.find((each) => text.includes(each))
      promise(canary === undefined, () => `${what} stands in ${place}: ${excerpt(text, canary ?? '')}`)
    }
  }

  get size(): number {
    return this.#found.length
  }
}

function json(thing: unknown): string {
  try {
    return JSON.stringify(isKontorError(thing) ? thing.toJSON() : thing)
  } catch {
    return ''
  }
}

const excerpt = (text: string, canary: string): string => {
  const at = text.indexOf(canary)
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + canary.length + 20))
}
