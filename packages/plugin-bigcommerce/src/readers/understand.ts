import { KontorError, toKontorError, type Entity, type Rejection } from '@kontor/core'
import type { z } from 'zod'
import { RowId } from '../wire/index.ts'

/** A row that could not be understood; its neighbours arrive. */
export function rejectionOf(entity: Entity, raw: unknown, error: KontorError, path = ''): Rejection {
  const id = RowId.safeParse(raw)
  return { ...(id.success ? { ref: { entity, id: id.data.id } } : {}), path, error, raw }
}

/** Parses one row; a row of another form is a rejection that says where. */
export function understand<S extends z.ZodType>(
  schema: S,
  entity: Entity,
  raw: unknown,
): { value: z.output<S> } | { rejection: Rejection } {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return { value: parsed.data }
  const issue = parsed.error.issues[0]
  const path = (issue?.path ?? []).map(String).join('.')
  const message = `A row of ${entity} from BigCommerce does not have the form we know at ${path || 'its top'}: ${issue?.message ?? 'unreadable'}.`
  return { rejection: rejectionOf(entity, raw, new KontorError('RECORD_INVALID', { message, path }), path) }
}

/** Runs `make`; what it throws about the data of the row is a rejection, what stops everything rises. */
export async function attempt<T>(
  entity: Entity,
  raw: unknown,
  make: () => T | Promise<T>,
): Promise<{ value: T } | { rejection: Rejection }> {
  try {
    return { value: await make() }
  } catch (thrown) {
    const error =
      thrown instanceof RangeError
        ? new KontorError('RECORD_INVALID', {
            message: `A row of ${entity} from BigCommerce cannot be used: ${thrown.message}.`,
          })
        : toKontorError(thrown, `reading ${entity}`)
    if (error.scope !== 'record') throw error
    return { rejection: rejectionOf(entity, raw, error) }
  }
}
