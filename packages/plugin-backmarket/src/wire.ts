import { z } from 'zod'

/**
 * What we read, as leniently as the use allows: only what a record cannot do without is demanded.
 * Amounts are text in this API. One that comes as a number keeps its value: a double gives back any decimal of up to 15 digits as it
 * was written. Offers and Care are read with their numbers as text, so every reader of a number takes both.
 */

const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])
/** Blank is empty: Back Market writes '' where it has nothing. */
const optionalText = text
  .nullish()
  .transform((value) => (value === undefined || value === null || value.trim() === '' ? null : value.trim()))
  .catch(null)
const wholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'a whole number')
    .transform(Number),
])
const optionalNumber = wholeNumber
  .nullish()
  .transform((value) => value ?? null)
  .catch(null)
const id = z.union([z.string().min(1), z.int().transform(String)])
const optionalFlag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null)
  .catch(null)
/** Anything but a list counts as none: a detail must not cost the order. */
const optionalList = <S extends z.ZodType>(each: S) =>
  z
    .array(each)
    .nullish()
    .transform((value) => value ?? [])
    .catch([])

/** Live payloads are snake_case, the OpenAPI component is camelCase: both are read, the live one first. */
export const WireAddress = z.looseObject({}).transform((raw) => {
  const read = (...names: string[]): string | null =>
    names.map((name) => optionalText.parse(raw[name])).find((value) => value !== null) ?? null
  return {
    company: read('company'),
    firstName: read('first_name', 'firstName'),
    lastName: read('last_name', 'lastName'),
    firstNamePronunciation: read('first_name_pronunciation', 'firstNamePronunciation'),
    lastNamePronunciation: read('last_name_pronunciation', 'lastNamePronunciation'),
    street: read('street'),
    street2: read('street2'),
    postalCode: read('postal_code', 'postalCode'),
    city: read('city'),
    region: read('state_or_province', 'stateOrProvince', 'state'),
    country: read('country', 'country_code', 'countryCode'),
    phone: read('phone', 'phoneNumber', 'phone_number'),
    email: read('email'),
    customerIdNumber: read('customer_id_number', 'customerIdNumber'),
  }
})
export type WireAddress = z.output<typeof WireAddress>
const optionalAddress = WireAddress.nullish()
  .transform((value) => value ?? null)
  .catch(null)

export const WireOrderLine = z.object({
  id,
  quantity: wholeNumber.pipe(z.int().min(0)),
  state: optionalNumber,
  /** The merchant's SKU. */
  listing: optionalText,
  listing_id: optionalText,
  product_id: optionalText,
  product: optionalText,
  brand: optionalText,
  price: optionalText,
  shipping_price: optionalText,
  shipping_delay: optionalNumber,
  shipper: optionalText,
  currency: optionalText,
  condition: optionalNumber,
  orderline_fee: optionalText,
  sales_taxes: optionalText,
  backcare: optionalFlag,
  /** The one amount in whole cents. */
  backcare_price: optionalNumber,
  imei: optionalText,
  serial_number: optionalText,
  /** Older payloads. */
  imei_numbers: optionalList(text),
  return_reason: optionalNumber,
  return_message: optionalText,
  date_creation: optionalText,
})
export type WireOrderLine = z.output<typeof WireOrderLine>

export const WireOrder = z.object({
  order_id: id,
  merchant_id: optionalText,
  state: optionalNumber,
  country_code: optionalText,
  currency: optionalText,
  price: optionalText,
  shipping_price: optionalText,
  sales_taxes: optionalText,
  payment_method: optionalText,
  installment_payment: optionalFlag,
  paypal_reference: optionalText,
  psp_reference: optionalText,
  shipping_address: optionalAddress,
  billing_address: optionalAddress,
  shipper: optionalText,
  shipper_display: optionalText,
  tracking_number: optionalText,
  tracking_url: optionalText,
  is_backship: optionalFlag,
  delivery_note: optionalText,
  expected_dispatch_date: optionalText,
  date_creation: optionalText,
  date_modification: optionalText,
  date_payment: optionalText,
  date_shipping: optionalText,
  date_bill_provided: optionalText,
  orderlines: z
    .array(WireOrderLine)
    .nullish()
    .transform((value) => value ?? []),
})
export type WireOrder = z.output<typeof WireOrder>

/** A page of anything: its members are parsed one by one. `next` only tells that there is more; it is never followed. */
export const WirePage = z.object({
  count: optionalNumber,
  next: z.unknown().transform((value) => Boolean(value)),
  results: z.array(z.unknown()),
})
export type WirePage = z.output<typeof WirePage>

/** Body of POST /ws/orders/{id}. `new_state` is a state of lines. */
export interface UpdateOrder {
  order_id: number
  new_state: 2 | 3 | 4 | 5
  sku?: string
  tracking_number?: string
  tracking_url?: string
  shipper?: string
  date_shipping?: string
  imei?: string
  serial_number?: string
  vat_type?: 'REGULAR' | 'MARGINAL'
  return_reason?: number
}

/** Body of PATCH /ws/orderlines/{id}; at least one of both. */
export interface LineIdentifiers {
  imei?: string
  serial_number?: string
}

/** A label of Back Market's own (BackShip). */
export const WireDelivery = z.object({
  carrierName: optionalText,
  trackingNumber: optionalText,
  trackingUrl: optionalText,
  labelUrl: optionalText,
})
export type WireDelivery = z.output<typeof WireDelivery>

/** An offer as one market sees it. `state` of an offer is another scale than `condition` of an order line, and is not read. */
export const WireListing = z.object({
  id,
  sku: z.string().min(1),
  quantity: optionalNumber,
  price: optionalText,
  min_price: optionalText,
  max_price: optionalText,
  currency: optionalText,
  publication_state: optionalNumber,
})
export type WireListing = z.output<typeof WireListing>

/** Body of POST /ws/listings/{id}; what is left out stays. Amounts are text, so that no digit is lost. */
export interface ListingUpdate {
  quantity?: number
  price?: string
  min_price?: string
  currency?: string
  pub_state?: 2
}

export const WireBatch = z.object({ bodymessage: id })

/** 0 and 2: waiting or at work; 8: failed; 9: done, perhaps with errors row by row. 3 and 7 are not explained. */
export const WireTask = z.object({ action_status: wholeNumber, last_action_error: optionalText, result: z.unknown() })
export type WireTask = z.output<typeof WireTask>

/** Body of POST /ws/sav/refund: 4 and 5 for the whole of a line before shipping, 6 for an amount after it. */
export interface RefundRequest {
  orderline_pk: number
  refund_type: 4 | 5 | 6
  amount?: number
}

const WireClaim = z.object({
  id,
  state: optionalNumber,
  issues: optionalList(z.object({ customerIssue: optionalText, tag: optionalText })),
  resolution_choice: optionalText,
  return_labels: optionalList(
    z.object({ date_creation: optionalText, state: optionalText, label: optionalText, kind: optionalText }),
  ),
})

/** An after-sales folder: one order line, with what the buyer claims about it. */
export const WireCareFolder = z.object({
  id,
  state: optionalNumber,
  country_code: optionalText,
  date_creation: optionalText,
  date_modification: optionalText,
  date_closed: optionalText,
  client: z
    .object({ first_name: optionalText, last_name: optionalText, email: optionalText })
    .nullish()
    .transform((value) => value ?? null)
    .catch(null),
  lines: optionalList(WireClaim),
  messages: optionalList(z.object({ id, message: optionalText, date_creation: optionalText, initiator: optionalText })),
  orderline: z.object({
    id,
    quantity: wholeNumber.pipe(z.int().min(0)),
    price: optionalText,
    state: optionalNumber,
    snapshot: z
      .object({ sku: optionalText })
      .nullish()
      .transform((value) => value ?? null)
      .catch(null),
    order: z.object({ order_id: id, currency: optionalText }),
  }),
})
export type WireCareFolder = z.output<typeof WireCareFolder>

/** The bodies errors come in, all of them; see `errors.ts`. */
export const WireError = z
  .union([
    z.string().transform((message) => ({ code: undefined, message, requestId: undefined, fields: undefined })),
    z
      .object({
        error: z.object({ code: text.optional().catch(undefined), message: text.optional().catch(undefined) }),
        data: z
          .object({ fields: z.record(z.string(), z.unknown()) })
          .optional()
          .catch(undefined),
        requestId: text.optional().catch(undefined),
      })
      .transform(({ error, data, requestId }) => ({ ...error, requestId, fields: data?.fields })),
    z
      .object({
        errors: z
          .array(z.object({ code: text.optional().catch(undefined), message: text.optional().catch(undefined) }))
          .min(1),
        requestId: text.optional().catch(undefined),
      })
      .transform(({ errors, requestId }) => ({ ...errors[0], requestId, fields: undefined })),
    z
      .object({
        type: text.optional().catch(undefined),
        title: text.optional().catch(undefined),
        detail: text.optional().catch(undefined),
        requestId: text.optional().catch(undefined),
      })
      .refine((problem) => problem.title !== undefined || problem.detail !== undefined || problem.type !== undefined)
      .transform(({ type, title, detail, requestId }) => ({
        code: type,
        message: [title, detail].filter((part) => part !== undefined).join(': ') || type,
        requestId,
        fields: undefined,
      })),
  ])
  .catch({ code: undefined, message: undefined, requestId: undefined, fields: undefined })
