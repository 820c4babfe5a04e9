import { KontorError, toKontorError, type Entity, type Rejection } from '@kontor/core'
import type { z } from 'zod'

/** Parses one row alone and maps it; what is wrong with it is a rejection that says where, and its neighbours arrive. */
export function understand<S extends z.ZodType, T>(
  schema: S,
  entity: Entity,
  raw: unknown,
  id: string | undefined,
  make: (value: z.output<S>) => T,
): { value: T } | { rejection: Rejection } {
  const reject = (error: KontorError, path = ''): { rejection: Rejection } => ({
    rejection: { ...(id === undefined ? {} : { ref: { entity, id } }), path, error, raw },
  })
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const path = (issue?.path ?? []).map(String).join('.')
    const message = `A row of ${entity} from Amazon does not have the form we know at ${path || 'its top'}: ${issue?.message ?? 'unreadable'}.`
    return reject(new KontorError('RECORD_INVALID', { message, path }), path)
  }
  try {
    return { value: make(parsed.data) }
  } catch (thrown) {
    const error =
      thrown instanceof RangeError
        ? new KontorError('RECORD_INVALID', {
            message: `A row of ${entity} from Amazon cannot be used: ${thrown.message}.`,
          })
        : toKontorError(thrown, `reading ${entity}`)
    if (error.scope !== 'record') throw error
    return reject(error)
  }
}
