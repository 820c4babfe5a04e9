import { compareVersions, KontorError, type Instant, type Intake, type Rejection, type Return } from '@kontor/core'
import type { z } from 'zod'
import type { EightReturnsConfig } from '../config.ts'
import { toReturn } from '../mapping/index.ts'
import { WireReturn, WireRow } from '../wire/index.ts'

/** Each return by itself: one that cannot be understood is a rejection, its neighbours arrive. */
export function toIntake(rows: readonly unknown[], config: EightReturnsConfig, until?: Instant): Intake<'returns'> {
  const records: Return[] = []
  const rejected: Rejection[] = []
  for (const raw of rows) {
    const parsed = WireReturn.safeParse(raw)
    if (!parsed.success) rejected.push(toRejection(raw, parsed.error))
    else {
      const record = toReturn(parsed.data, config)
      if (until === undefined || (compareVersions(record.version, until) ?? 0) <= 0) records.push(record)
    }
  }
  return { records, rejected }
}

function toRejection(raw: unknown, error: z.ZodError): Rejection {
  const [issue] = error.issues
  const path = (issue?.path ?? []).map(String).join('.')
  const { id } = WireRow.parse(raw)
  return {
    ...(id === undefined ? {} : { ref: { entity: 'returns', id } }),
    path,
    error: new KontorError('RECORD_INVALID', {
      message: `${id === undefined ? 'A return without a readable id' : `Return ${id}`} cannot be read: ${path === '' ? 'it' : `\`${path}\``} is ${issue?.message ?? 'wrong'}. Look at it in 8returns, then replay the rejection.`,
      path,
    }),
    raw,
  }
}
