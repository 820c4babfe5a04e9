import { KontorError, type Entity, type Rejection } from '@kontor/core'
import type { z } from 'zod'

/** One thing that cannot be understood, with the path of what is wrong. Its values, which may be a buyer's, stay in `raw`. */
export function toRejection(
  raw: unknown,
  error: z.ZodError,
  about: { entity: Entity; what: string; id: string | undefined },
): Rejection {
  const [issue] = error.issues
  const path = (issue?.path ?? []).map(String).join('.')
  const which = about.id === undefined ? `${about.what} without a readable id` : `${about.what} ${about.id}`
  return {
    ...(about.id === undefined ? {} : { ref: { entity: about.entity, id: about.id } }),
    path,
    error: new KontorError('RECORD_INVALID', {
      message: `${which} cannot be read: ${path === '' ? 'it' : `\`${path}\``} is ${issue?.message ?? 'wrong'}. Look at it in the back office, then replay the rejection.`,
      path,
    }),
    raw,
  }
}
