import { issuePath, validate, type Schema } from '../contract/index.ts'
import { KontorError } from '../errors/index.ts'

/**
 * A value of the configuration, checked by a schema of the plugin.
 * @param place where it stands: `connections.shop.config`
 * @throws CONFIG_INVALID with path and key of what is wrong, never with a value
 */
export function validated<T>(schema: Schema<T>, value: unknown, place: string, plugin: string): T {
  const result = validate(schema, value)
  if (!result.issues) return result.value
  const all = result.issues.map((issue) => ({ path: issuePath(issue), message: issue.message }))
  const shown = all.slice(0, 5).map(({ path, message }) => `${path === '' ? place : `${place}.${path}`}: ${message}`)
  const first = all[0]?.path ?? ''
  throw new KontorError('CONFIG_INVALID', {
    message: `[${plugin}] ${shown.join('; ')}${all.length > shown.length ? `; and ${all.length - shown.length} more` : ''}. Correct what is named.`,
    path: first,
    key: first === '' ? place : `${place}.${first}`,
  })
}
