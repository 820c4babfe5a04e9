import type { Evidence } from '@kontor/core'
import type { Operation } from '../tables/endpoints.ts'

export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'array'

export interface FieldEvidence {
  evidence: Evidence
  /** How many separately written callers use or type it. */
  callers: number
  types: readonly JsonType[]
}

const seen = (callers: number, ...types: JsonType[]): FieldEvidence => ({ evidence: 'observed', callers, types })
const inferred = (...types: JsonType[]): FieldEvidence => ({ evidence: 'inferred', callers: 0, types })
const assumed = (...types: JsonType[]): FieldEvidence => ({ evidence: 'assumed', callers: 0, types })

const item = {
  id: seen(4, 'integer'),
  name: seen(4, 'string'),
  sku: seen(4, 'string'),
  ean: seen(1, 'integer'),
  quantity: seen(4, 'integer'),
  amount: seen(2, 'string'),
  total_amount: seen(1, 'string', 'null'),
  currency: seen(2, 'string'),
  notes: seen(2, 'string', 'null'),
  return_type: seen(2, 'string', 'null'),
  item_condition: seen(2, 'string', 'null'),
  restocked: seen(1, 'boolean'),
  return_reason_text: seen(2, 'string', 'null'),
  return_reason: seen(3, 'object', 'null'),
  'return_reason.reason_internal': seen(3, 'string'),
  return_reason_pictures: seen(1, 'array'),
  'return_reason_pictures[].image_url': seen(1, 'string'),
  image_url: seen(1, 'string', 'null'),
  registered_date: seen(2, 'string', 'null'),
  arrived_date: seen(3, 'string', 'null'),
  inspected_date: seen(3, 'string', 'null'),
  refunded_date: seen(1, 'string', 'null'),
  cancelled_date: seen(1, 'string', 'null'),
  hold_date: seen(1, 'string', 'null'),
  is_arrived: seen(2, 'boolean'),
  is_inspected: seen(2, 'boolean'),
}

const customerReturn = {
  id: seen(4, 'integer'),
  order_id: seen(2, 'string'),
  order_number: seen(4, 'string'),
  order_name: seen(1, 'string'),
  rma: seen(4, 'integer'),
  status: seen(3, 'string'),
  total_amount: seen(3, 'string'),
  currency: seen(3, 'string'),
  quantity: seen(1, 'integer'),
  is_registered: seen(2, 'boolean'),
  is_arrived: seen(2, 'boolean'),
  is_inspected: seen(2, 'boolean'),
  is_refunded: seen(2, 'boolean'),
  on_hold: seen(1, 'boolean'),
  fetched_via_api: seen(1, 'boolean'),
  registered_date: seen(1, 'string'),
  created_at: seen(1, 'string'),
  updated_at: seen(1, 'string'),
  customer: seen(3, 'object', 'null'),
  'customer.full_name': seen(3, 'string'),
  'customer.email': seen(3, 'string'),
  'customer.country': seen(2, 'string'),
  'customer.notes': seen(1, 'string', 'null'),
  items: seen(4, 'array'),
  ...prefixed('items[].', item),
}

/**
 * What we believe an answer looks like, field by field, and why. Paths are those of the vendor's JSON; `[]` stands for each member.
 * Source: the reconstruction from public callers (2026-11-22). It feeds `check`, the `record` action and the tables of the documentation.
 */
export const wireEvidence: Readonly<Record<Operation, Readonly<Record<string, FieldEvidence>>>> = {
  listReturns: {
    customer_returns: seen(4, 'array'),
    total_count: seen(1, 'integer'),
    current_page: seen(1, 'integer'),
    total_pages: seen(1, 'integer'),
    ...prefixed('customer_returns[].', customerReturn),
  },
  getReturn: { customer_return: inferred('object'), ...prefixed('customer_return.', customerReturn) },
  updateReturnItems: {
    '': seen(2, 'array'),
    '[].id': seen(2, 'integer'),
    '[].sku': seen(2, 'string'),
    '[].status': seen(2, 'string'),
    '[].message': seen(2, 'string'),
  },
  createReturn: { customer_return: assumed('object') },
  createLabel: {
    label: assumed('object'),
    'label.id': assumed('integer'),
    'label.status': assumed('string'),
    'label.carrier': assumed('string'),
    'label.tracking_number': assumed('string', 'null'),
    'label.tracking_url': assumed('string', 'null'),
    'label.label_url': assumed('string', 'null'),
    'label.qr_code_url': assumed('string', 'null'),
    'label.cost': assumed('string', 'null'),
    'label.currency': assumed('string', 'null'),
  },
  findOrders: { orders: assumed('array') },
}

function prefixed(prefix: string, fields: Readonly<Record<string, FieldEvidence>>): Record<string, FieldEvidence> {
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [`${prefix}${name}`, each]))
}
