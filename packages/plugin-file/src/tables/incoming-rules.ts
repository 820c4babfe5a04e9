import type { FieldOf, IncomingEntity } from './incoming-fields.ts'

type Names<E extends IncomingEntity> = readonly FieldOf<E>[]
interface Rule<E extends IncomingEntity> {
  /** Of each list, the file must have at least one column. */
  readonly required: readonly Names<E>[]
  /** Rows that agree in these are one record, unless an `id` column says otherwise. Of each list the first cell that is there counts. */
  readonly groupedBy: readonly Names<E>[]
}

/** What a file of each entity must have, and which of its rows belong together. */
export const incomingRules: { readonly [E in IncomingEntity]: Rule<E> } = {
  decisions: { required: [['order', 'number'], ['decision']], groupedBy: [['order', 'number'], ['decision']] },
  shipments: { required: [['order', 'number']], groupedBy: [['order', 'number'], ['tracking_number']] },
  receipts: { required: [['return', 'order', 'number']], groupedBy: [['return', 'order', 'number']] },
  refunds: { required: [['order', 'number', 'return']], groupedBy: [['order', 'number'], ['return']] },
  stock: { required: [['sku'], ['available']], groupedBy: [['sku'], ['location']] },
  prices: { required: [['sku'], ['price']], groupedBy: [['sku'], ['market'], ['minimum_quantity'], ['valid_from']] },
}
