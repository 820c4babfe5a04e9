import { KontorError, toKontorError, type Entity, type Rejection } from '@kontor/core'
import type { z } from 'zod'
import { PriceRowId, ProductRowId, RowId, StockRowId } from '../wire/index.ts'

/** How a row names the record that would have been made of it, where that is not simply its id. */
const rowIds: Partial<Record<Entity, (raw: unknown) => string | undefined>> = {
  products: (raw) => ofRow(ProductRowId.safeParse(raw))?.variants[0]?.id ?? plainId(raw),
  prices: (raw) => ofRow(PriceRowId.safeParse(raw))?.sku,
  stock: (raw) => {
    const row = ofRow(StockRowId.safeParse(raw))
    return row && `${row.identity.sku}@${row.locations[0]?.location_id ?? ''}`
  },
}

const ofRow = <T>(parsed: { data?: T | undefined }): T | undefined => parsed.data
const plainId = (raw: unknown): string | undefined => ofRow(RowId.safeParse(raw))?.id

/** A row that could not be understood; its neighbours arrive. */
function rejectionOf(entity: Entity, raw: unknown, error: KontorError, path = ''): Rejection {
  const id = (rowIds[entity] ?? plainId)(raw)
  return { ...(id === undefined ? {} : { ref: { entity, id } }), path, error, raw }
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
