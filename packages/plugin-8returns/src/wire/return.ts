import { z } from 'zod'
import { flag, requiredQuantity, requiredText, text, wholeNumber } from './values.ts'

const reason = z
  .looseObject({ reason_internal: text })
  .transform((raw) => raw.reason_internal)
  .nullable()
  .optional()
  .catch(undefined)

const pictures = z
  .array(z.looseObject({ image_url: text }).transform((raw) => raw.image_url))
  .transform((urls) => urls.filter((url) => url !== undefined && url !== null))
  .nullable()
  .optional()
  .catch(undefined)

/** One line of a return. The dates say where it stands; the two booleans of older callers only where a date is absent. */
export const WireItem = z
  .looseObject({
    id: requiredText,
    sku: requiredText,
    quantity: requiredQuantity,
    name: text,
    ean: text,
    amount: text,
    total_amount: text,
    currency: text,
    notes: text,
    return_type: text,
    item_condition: text,
    restocked: flag,
    return_reason_text: text,
    return_reason: reason,
    return_reason_pictures: pictures,
    registered_date: text,
    arrived_date: text,
    inspected_date: text,
    refunded_date: text,
    cancelled_date: text,
    hold_date: text,
    is_arrived: flag,
    is_inspected: flag,
  })
  .transform((raw) => ({
    id: raw.id,
    sku: raw.sku,
    quantity: raw.quantity,
    title: raw.name,
    ean: raw.ean,
    amount: raw.amount,
    totalAmount: raw.total_amount,
    currency: raw.currency,
    notes: raw.notes,
    wants: raw.return_type,
    condition: raw.item_condition,
    restocked: raw.restocked,
    reasonText: raw.return_reason_text,
    reasonWord: raw.return_reason,
    pictures: raw.return_reason_pictures,
    registeredAt: raw.registered_date,
    arrivedAt: raw.arrived_date,
    inspectedAt: raw.inspected_date,
    refundedAt: raw.refunded_date,
    cancelledAt: raw.cancelled_date,
    heldAt: raw.hold_date,
    arrived: raw.is_arrived,
    inspected: raw.is_inspected,
  }))
export type WireItem = z.output<typeof WireItem>

const customer = z
  .looseObject({ full_name: text, email: text, country: text, notes: text })
  .transform((raw) => ({ fullName: raw.full_name, email: raw.email, country: raw.country, notes: raw.notes }))
  .nullable()
  .optional()
  .catch(undefined)

/** A return as 8returns tells it. Only what a return is nothing without is demanded: its id, and SKU and quantity of its items. */
export const WireReturn = z
  .looseObject({
    id: requiredText,
    items: z.array(WireItem),
    order_id: text,
    order_number: text,
    order_name: text,
    rma: text,
    status: text,
    total_amount: text,
    currency: text,
    quantity: wholeNumber,
    is_registered: flag,
    is_arrived: flag,
    is_inspected: flag,
    is_refunded: flag,
    on_hold: flag,
    fetched_via_api: flag,
    registered_date: text,
    created_at: text,
    updated_at: text,
    customer,
  })
  .transform((raw) => ({
    id: raw.id,
    items: raw.items,
    orderId: raw.order_id,
    orderNumber: raw.order_number,
    orderName: raw.order_name,
    rma: raw.rma,
    status: raw.status,
    totalAmount: raw.total_amount,
    currency: raw.currency,
    registered: raw.is_registered,
    arrived: raw.is_arrived,
    inspected: raw.is_inspected,
    refunded: raw.is_refunded,
    onHold: raw.on_hold,
    fetchedViaApi: raw.fetched_via_api,
    registeredAt: raw.registered_date,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    customer: raw.customer,
  }))
export type WireReturn = z.output<typeof WireReturn>

/** What can be told of a row, readable or not: enough to know it again and to see the order of the list. */
export const WireRow = z
  .looseObject({ id: requiredText.optional().catch(undefined), updated_at: text })
  .transform((raw) => ({ id: raw.id, updatedAt: raw.updated_at ?? undefined }))
  .catch({ id: undefined, updatedAt: undefined })
export type WireRow = z.output<typeof WireRow>

/** A page of the list: its rows are parsed one by one. Counters are typed by one caller only, so they may be absent. */
export const WirePage = z
  .looseObject({
    customer_returns: z.array(z.unknown()),
    total_count: wholeNumber,
    current_page: wholeNumber,
    total_pages: wholeNumber,
  })
  .transform((raw) => ({
    rows: raw.customer_returns,
    count: raw.total_count,
    page: raw.current_page,
    pages: raw.total_pages,
  }))
export type WirePage = z.output<typeof WirePage>

/** A single return: in the envelope that one caller types, or bare. */
export const WireSingle = z.union([
  z.looseObject({ customer_return: z.looseObject({}) }).transform((raw): unknown => raw.customer_return),
  z.looseObject({ id: z.unknown(), items: z.unknown() }).transform((raw): unknown => raw),
])
