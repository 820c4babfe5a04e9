import type { Address, Coded, Instant, Party, Return, ReturnLabel, ReturnLine } from '@kontor/core'
import type { z } from 'zod'

/** A return of Sendcloud v3, as far as the test speaks of it. Written after the published interface; every value in the fixtures is invented. */
interface SendcloudAddress {
  name: string
  company_name?: string
  address_line_1: string
  house_number?: string
  address_line_2?: string
  po_box?: string | null
  postal_code: string
  city: string
  state_province_code?: string
  country_code: string
  email?: string
  phone_number?: string
}
interface Amount {
  value: number
  currency: string
}
export interface SendcloudReturn {
  from_address: SendcloudAddress
  to_address: SendcloudAddress
  shipping_option: { code: string | null }
  parcel_items: {
    item_id: string
    description: string
    quantity: number
    price: Amount
    sku: string
    product_id: string
    return_reason?: { id: number; description: string }
    return_message?: string | null
    manufacturer_product_id_std?: string
    [more: string]: unknown
  }[]
  label?: { normal_printer: string[]; label_printer: string }
  label_cost?: Amount
  tracking_number: string | null
  tracking_url: string | null
  status_history: { parent_status: string; carrier_update_timestamp: string }[]
  created_at: string
  delivered_at_iso: string | null
  reason?: { id: number; description: string }
  refund?: { refund_type: string; message: string | null } | null
  return_fee?: Amount | null
  order_number: string
  delivery_option: string | null
  images?: { product_id: string; uploaded_image: string; [more: string]: unknown }[]
  status: string
  errors?: { code: string; detail: string }[]
  [more: string]: unknown
}

type Lifecycle = NonNullable<Return['lifecycle']>['value']
type Logistics = NonNullable<Return['logistics']>['value']
type Resolution = NonNullable<ReturnLine['requestedResolution']>['value']
type Method = NonNullable<Return['method']>['value']
type Label = z.infer<typeof ReturnLabel>

const lifecycles: Readonly<Record<string, Lifecycle>> = {
  open: 'approved',
  requested: 'requested',
  awaiting_payment: 'requested',
  request_rejected: 'rejected',
  payment_failed: 'unknown',
}
const logistics: Readonly<Record<string, Logistics>> = {
  'ready-to-send': 'label_created',
  shipped: 'in_transit',
  delivered: 'delivered',
  lost: 'lost',
}
const resolutions: Readonly<Record<string, Resolution>> = {
  money: 'refund',
  credit: 'store_credit',
  exchange: 'exchange',
}
const methods: Readonly<Record<string, Method>> = {
  drop_off_point: 'customer_label',
  drop_off_labelless: 'label_less',
  pickup: 'pickup',
  in_store: 'in_store',
}

const coded = <V extends string>(table: Readonly<Record<string, V>>, word: string): Coded<V> => ({
  value: table[word] ?? 'unknown',
  source: word,
})
const instant = (text: string): Instant => text as Instant
const money = ({ value, currency }: Amount) => ({ amount: String(value), currency })
const amount = (told: { amount: string; currency: string }): Amount => ({
  value: Number(told.amount),
  currency: told.currency,
})

export function toReturn(id: string, told: SendcloudReturn): Return {
  const { from_address: from, to_address: to, status_history: history } = told
  const last = history.at(-1)?.parent_status
  return {
    entity: 'returns',
    id,
    about: { entity: 'orders', number: told.order_number },
    lifecycle: coded(lifecycles, told.status),
    ...(last === undefined ? {} : { logistics: coded(logistics, last) }),
    ...(told.delivery_option === null ? {} : { method: coded(methods, told.delivery_option) }),
    customer: partyOf(from),
    returnTo: { ...addressOf(to), name: to.name, email: to.email, phone: to.phone_number },
    lines: told.parcel_items.map((item) => lineOf(item, told)),
    labels: [labelOf(told)],
    totals: { fees: told.return_fee ? money(told.return_fee) : null },
    createdAt: instant(told.created_at),
    deliveredAt: told.delivered_at_iso === null ? null : instant(told.delivered_at_iso),
    ...(typeof told.refund?.message === 'string'
      ? { messages: [{ id: 'refund', from: 'buyer', text: told.refund.message }] }
      : {}),
  }
}

function lineOf(
  item: SendcloudReturn['parcel_items'][number],
  { refund, reason, images = [] }: SendcloudReturn,
): ReturnLine {
  const own = item.return_reason ?? reason
  return {
    id: item.item_id,
    orderLineId: item.item_id,
    sku: item.sku,
    gtin: item.manufacturer_product_id_std,
    title: item.description,
    quantity: { requested: item.quantity },
    // Reasons are the merchant's own; the words are kept, a map of the configuration says what they mean.
    reason: own === undefined ? undefined : { value: 'unknown', source: own.description },
    customerText: item.return_message,
    pictures: images.filter((each) => each.product_id === item.product_id).map((each) => each.uploaded_image),
    requestedResolution: refund ? coded(resolutions, refund.refund_type) : undefined,
    unitPrice: money(item.price),
  }
}

function labelOf({
  label,
  label_cost: cost,
  tracking_number: trackingNumber,
  tracking_url: trackingUrl,
  shipping_option: { code },
  errors = [],
}: SendcloudReturn): Label {
  const [failure] = errors
  const [a4] = label?.normal_printer ?? []
  return {
    status: failure !== undefined ? 'failed' : label === undefined ? 'pending' : 'ready',
    carrier: code?.split(':')[0],
    service: code,
    trackingNumber,
    trackingUrl,
    documents: [
      ...(a4 === undefined ? [] : [{ kind: 'label' as const, format: 'pdf' as const, paper: 'a4' as const, url: a4 }]),
      ...(label === undefined
        ? []
        : [{ kind: 'label' as const, format: 'pdf' as const, paper: 'a6' as const, url: label.label_printer }]),
    ],
    cost: cost === undefined ? undefined : money(cost),
    failure: failure === undefined ? undefined : { code: failure.code, message: failure.detail },
  }
}

const addressOf = (told: SendcloudAddress): Address => ({
  company: told.company_name,
  line1: told.address_line_1,
  houseNumber: told.house_number,
  line2: told.address_line_2,
  line3: told.po_box,
  postalCode: told.postal_code,
  city: told.city,
  region: told.state_province_code,
  countryCode: told.country_code,
})
const partyOf = (told: SendcloudAddress): Party => ({
  fullName: told.name,
  email: told.email,
  phone: told.phone_number,
  address: addressOf(told),
})

/** The same return made of the record alone. */
export function fromReturn(record: Return): unknown {
  const [label] = record.labels ?? []
  const [first] = record.lines ?? []
  const urls = (paper: string): string[] =>
    (label?.documents ?? []).flatMap((each) => (each.paper === paper && typeof each.url === 'string' ? [each.url] : []))
  const [a4] = urls('a4')
  const { customer, returnTo } = record
  const message = record.messages?.[0]?.text
  return {
    from_address: addressFrom(customer?.address, {
      name: customer?.fullName,
      email: customer?.email,
      phone: customer?.phone,
    }),
    to_address: addressFrom(returnTo, { name: returnTo?.name, email: returnTo?.email, phone: returnTo?.phone }),
    shipping_option: { code: label?.service },
    parcel_items: (record.lines ?? []).map((line) => ({
      item_id: line.orderLineId,
      description: line.title,
      quantity: line.quantity.requested,
      price: line.unitPrice ? amount(line.unitPrice) : undefined,
      sku: line.sku,
      return_reason: line.reason ? { description: line.reason.source } : undefined,
      return_message: line.customerText,
      manufacturer_product_id_std: line.gtin,
    })),
    label: a4 === undefined ? undefined : { normal_printer: [a4, a4, a4, a4], label_printer: urls('a6')[0] },
    label_url: urls('a6')[0],
    label_cost: label?.cost ? amount(label.cost) : undefined,
    tracking_number: label?.trackingNumber,
    tracking_url: label?.trackingUrl,
    created_at: record.createdAt,
    delivered_at_iso: record.deliveredAt,
    refund: first?.requestedResolution
      ? { refund_type: first.requestedResolution.source, ...(message === undefined ? {} : { message }) }
      : null,
    return_fee: record.totals?.fees ? amount(record.totals.fees) : null,
    order_number: record.about?.number,
    delivery_option: record.method?.source ?? null,
    images: (record.lines ?? []).flatMap((line) => (line.pictures ?? []).map((url) => ({ uploaded_image: url }))),
    status: record.lifecycle?.source,
    errors: label?.failure ? [{ code: label.failure.code, detail: label.failure.message }] : undefined,
  }
}

const addressFrom = (told: Address | null | undefined, who: { name: unknown; email: unknown; phone: unknown }) => ({
  name: who.name,
  company_name: told?.company,
  address_line_1: told?.line1,
  house_number: told?.houseNumber,
  address_line_2: told?.line2,
  po_box: told?.line3,
  postal_code: told?.postalCode,
  city: told?.city,
  state_province_code: told?.region,
  country_code: told?.countryCode,
  email: who.email,
  phone_number: who.phone,
})

/** What the record has no place for, and why that is no loss of what a return is. */
export const leftOut: Readonly<Record<string, string>> = {
  shipping_product: 'the older spelling of the shipping option, which is kept',
  dimensions: 'of the parcel, for the carrier; a return is not weighed by us',
  weight: 'of the parcel, for the carrier; a return is not weighed by us',
  collo_count: 'how many parcels the carrier expects; each comes as a receipt',
  send_tracking_emails: 'a setting of the label call, nothing about the return',
  brand_id: 'which look of the portal was used',
  insurance: 'of the parcel, for the carrier',
  is_cancellable: 'what one may do there now; it follows from the state',
  status_history: 'a log; its last word decides `logistics` and stands beside it',
  delivered_at: 'the older spelling of delivered_at_iso, which is kept',
  reason: 'of the whole return; it goes to the lines that have none of their own',
  contract: 'which contract with the carrier pays; a setting of the label call',
  customs_invoice_nr: 'customs papers belong to the shipment',
  customs_shipment_type: 'customs papers belong to the shipment',
  customs_information: 'customs papers belong to the shipment',
  'parcel_items[].product_id': 'a second key of the product; the pictures have been joined by it',
  'parcel_items[].return_reason.id': 'the key of the catalogue of reasons; its words are kept',
  'parcel_items[].weight': 'of the product; nothing about the return',
  'parcel_items[].hs_code': 'customs papers belong to the shipment',
  'parcel_items[].origin_country': 'customs papers belong to the shipment',
  'parcel_items[].properties': 'of the product; nothing about the return',
  'images[].product_id': 'the pictures stand at their lines',
  'images[].thumbnail_image': 'a smaller copy of a picture that is kept',
  'images[].description': 'words beside a picture; what the buyer wrote about the line is kept',
}
