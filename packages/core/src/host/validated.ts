import { issuePath, validate, type Schema } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'

/**
 * A value of the configuration, checked by a schema of the plugin.
 * @param place where it stands: `connections.shop.config`
 * @param secret true for credentials: one that is there and wrong is SECRET_MALFORMED, so that it is pasted again
 * @throws CONFIG_INVALID or SECRET_MALFORMED with path and key of what is wrong, never with a value
 */
export function validated<T>(schema: Schema<T>, value: unknown, place: string, plugin: string, secret = false): T {
  const result = validate(schema, value)
  if (!result.issues) return result.value
  const all = result.issues.map((issue) => ({ path: issuePath(issue), message: issue.message }))
  const shown = all.slice(0, 5).map(({ path, message }) => `${path === '' ? place : `${place}.${path}`}: ${message}`)
  const first = all[0]?.path ?? ''
  const malformed = secret && all.every(({ path }) => isFilled(valueAt(value, path)))
  throw new KontorError(malformed ? 'SECRET_MALFORMED' : 'CONFIG_INVALID', {
    message: `[${plugin}] ${shown.join('; ')}${all.length > shown.length ? `; and ${all.length - shown.length} more` : ''}. Correct what is named.`,
    path: first,
    key: first === '' ? place : `${place}.${first}`,
  })
}

const isFilled = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

function valueAt(value: unknown, path: string): unknown {
  let here = value
  for (const part of path === '' ? [] : path.split('.')) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, part)
  }
  return here
}
