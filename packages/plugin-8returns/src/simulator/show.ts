import type { Options } from './options.ts'
import type { SimulatedItem, SimulatedReturn } from './world.ts'

/** How a return is told: written from the reconstruction of the interface, not from our own reading of it. */
export function showReturn(one: SimulatedReturn, options: Options): Record<string, unknown> {
  const active = one.items.filter((item) => item.cancelled === null)
  const some = (is: (item: SimulatedItem) => boolean): boolean => active.some(is)
  const every = (is: (item: SimulatedItem) => boolean): boolean => active.length > 0 && active.every(is)
  const cents = one.items.reduce((sum, item) => sum + item.cents * item.quantity, 0)
  return {
    id: one.id,
    order_id: one.orderId,
    order_number: one.orderNumber,
    order_name: `#${one.orderNumber}`,
    rma: one.rma,
    status: options.words === 'known' ? one.status : 'in_review',
    total_amount: amount(cents, options),
    currency: one.currency,
    quantity: one.items.reduce((sum, item) => sum + item.quantity, 0),
    is_registered: one.registered,
    is_arrived: some((item) => item.arrived !== null),
    is_inspected: every((item) => item.inspected !== null),
    is_refunded: every((item) => item.refunded !== null),
    on_hold: one.hold,
    fetched_via_api: one.fetched,
    registered_date: time(one.created, options),
    created_at: time(one.created, options),
    updated_at: time(one.updated, options),
    customer: options.scopes.split(',').includes('customers')
      ? {
          full_name: one.customer.fullName,
          email: one.customer.email,
          country: one.customer.country,
          notes: one.customer.notes,
        }
      : null,
    items: one.items.map((item) => showItem(item, one.currency, options)),
    ...one.broken,
  }
}

function showItem(item: SimulatedItem, currency: string, options: Options): Record<string, unknown> {
  const at = (ms: number | null): string | null => (ms === null ? null : time(ms, options))
  return {
    id: item.id,
    name: item.name,
    sku: item.sku,
    ean: options.eans === 'number' ? Number(item.ean) : item.ean,
    quantity: item.quantity,
    amount: amount(item.cents, options),
    total_amount: amount(item.cents * item.quantity, options),
    currency,
    notes: item.notes,
    return_type: options.words === 'known' ? item.wants : 'tombola',
    item_condition: item.condition,
    restocked: item.restocked,
    return_reason_text: item.reason?.text ?? null,
    return_reason: item.reason === null ? null : { reason_internal: item.reason.internal },
    return_reason_pictures: item.pictures.map((url) => ({ image_url: url })),
    image_url: null,
    registered_date: time(item.registered, options),
    arrived_date: at(item.arrived),
    inspected_date: at(item.inspected),
    refunded_date: at(item.refunded),
    cancelled_date: at(item.cancelled),
    hold_date: at(item.held),
    is_arrived: item.arrived !== null,
    is_inspected: item.inspected !== null,
  }
}

const amount = (cents: number, { amounts }: Options): string | number =>
  amounts === 'text' ? (cents / 100).toFixed(2) : cents / 100

/** As Rails writes it, in the zone of the shop: 2026-10-05T16:40:12.000+02:00. */
function time(ms: number, { times }: Options): string {
  const local = new Date(ms + 2 * 3_600_000).toISOString()
  return times === 'offset' ? local.replace('Z', '+02:00') : local.slice(0, 19).replace('T', ' ')
}
