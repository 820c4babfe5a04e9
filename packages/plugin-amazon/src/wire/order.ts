import { z } from 'zod'
import { Count, Text, WireMoney } from './values.ts'

/** An answer of searchOrders; its orders are parsed one by one. */
export const SearchOrders = z.object({
  orders: z.array(z.unknown()),
  pagination: z.object({ nextToken: Text }).nullish(),
  lastUpdatedBefore: Text,
  createdBefore: Text,
})

/** Readable even where the order is not. */
export const OrderHead = z.object({ orderId: z.string().min(1), lastUpdatedTime: z.string().optional() })

const Window = z.object({ earliestDateTime: Text, latestDateTime: Text }).nullish()

export const WireAddress = z.object({
  name: Text,
  companyName: Text,
  addressLine1: Text,
  addressLine2: Text,
  addressLine3: Text,
  city: Text,
  districtOrCounty: Text,
  stateOrRegion: Text,
  municipality: Text,
  postalCode: Text,
  countryCode: Text,
  phone: Text,
  extendedFields: z.object({ streetName: Text, streetNumber: Text, complement: Text, neighborhood: Text }).nullish(),
  addressType: Text,
})
export type WireAddress = z.infer<typeof WireAddress>

const Breakdowns = z
  .array(
    z.object({
      type: z.string(),
      status: Text,
      subtotal: WireMoney,
      detailedBreakdowns: z.array(z.object({ subtype: Text, value: WireMoney.nullish() })).nullish(),
    }),
  )
  .nullish()

export const WireItem = z.object({
  orderItemId: z.string().min(1),
  quantityOrdered: Count,
  programs: z.array(z.string()).nullish(),
  product: z.object({
    asin: Text,
    title: Text,
    sellerSku: Text,
    condition: z.object({ conditionType: Text, conditionSubtype: Text, conditionNote: Text }).nullish(),
    price: z.object({ unitPrice: WireMoney.nullish(), priceDesignation: Text }).nullish(),
    serialNumbers: z.array(z.string()).nullish(),
    customization: z.object({ customizedUrl: Text }).nullish(),
  }),
  proceeds: z.object({ proceedsTotal: WireMoney.nullish(), breakdowns: Breakdowns }).nullish(),
  expense: z
    .object({
      pointsCost: z
        .object({
          pointsGranted: z
            .object({ pointsNumber: Count.nullish(), pointsMonetaryValue: WireMoney.nullish() })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
  promotion: z.object({ breakdowns: z.array(z.object({ promotionId: Text })).nullish() }).nullish(),
  cancellation: z
    .object({
      cancellationRequest: z.object({ requester: Text, cancelReason: Text }).nullish(),
      cancellationExecution: z.object({ cancelledBy: Text, cancelReason: Text }).nullish(),
    })
    .nullish(),
  fulfillment: z
    .object({
      quantityFulfilled: Count.nullish(),
      quantityUnfulfilled: Count.nullish(),
      packing: z
        .object({
          giftOption: z.object({ giftMessage: Text, giftWrapLevel: Text }).nullish(),
          serialNumberRequirement: z.object({ requirementType: Text }).nullish(),
        })
        .nullish(),
      shipping: z
        .object({
          scheduledDeliveryWindow: Window,
          shippingConstraints: z.record(z.string(), z.unknown()).nullish(),
          internationalShipping: z.object({ iossNumber: Text }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  tax: z
    .object({
      taxCalculationBreakdowns: z.array(z.object({ reportingScheme: Text })).nullish(),
      taxCollections: z.array(z.object({ model: Text, responsibleParty: Text })).nullish(),
    })
    .nullish(),
  associatedOrderItems: z.array(z.object({ orderId: Text, orderItemId: Text, associationType: Text })).nullish(),
})
export type WireItem = z.infer<typeof WireItem>

const WirePackage = z.object({
  packageReferenceId: z.string().min(1),
  packageStatus: z.object({ status: z.string(), detailedStatus: Text }).nullish(),
  carrier: Text,
  shipTime: Text,
  shippingService: Text,
  trackingNumber: Text,
  packageItems: z.array(z.object({ orderItemId: z.string(), quantity: Count })).nullish(),
})

/**
 * An order of the Orders API 2026-01-01. All but five fields are optional in the model, `fulfillment` and the marketplace too; "possible
 * values" are prose there, so words we do not know pass.
 */
export const WireOrder = z.object({
  orderId: z.string().min(1),
  orderAliases: z.array(z.object({ aliasId: z.string(), aliasType: z.string() })).nullish(),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  programs: z.array(z.string()).nullish(),
  associatedOrders: z.array(z.object({ orderId: Text, associationType: Text })).nullish(),
  salesChannel: z.object({ channelName: z.string(), marketplaceId: Text, marketplaceName: Text }),
  buyer: z
    .object({ buyerName: Text, buyerEmail: Text, buyerCompanyName: Text, buyerPurchaseOrderNumber: Text })
    .nullish(),
  recipient: z
    .object({
      deliveryAddress: WireAddress.nullish(),
      deliveryPreference: z.object({ dropOffLocation: Text, addressInstruction: Text }).nullish(),
    })
    .nullish(),
  proceeds: z.object({ grandTotal: WireMoney.nullish(), breakdowns: Breakdowns }).nullish(),
  payment: z
    .object({
      paymentExecutions: z.array(z.object({ paymentMethod: Text, paymentAmount: WireMoney.nullish() })).nullish(),
    })
    .nullish(),
  tax: z
    .object({
      taxRegistrations: z
        .array(
          z.object({
            entityType: Text,
            legalName: Text,
            taxRegistrationType: Text,
            taxRegistrationNumber: Text,
            taxRegistrationAddress: WireAddress.nullish(),
          }),
        )
        .nullish(),
      taxInvoicing: z.object({ buyerInvoicePreference: Text, invoiceStatus: Text }).nullish(),
    })
    .nullish(),
  fulfillment: z
    .object({
      fulfillmentStatus: z.string(),
      fulfilledBy: Text,
      fulfillmentServiceLevel: Text,
      shipByWindow: Window,
      deliverByWindow: Window,
    })
    .nullish(),
  orderItems: z.array(WireItem),
  packages: z.array(WirePackage).nullish(),
  fulfillmentOrders: z.array(z.object({ fulfillmentOrderId: z.string() })).nullish(),
})
export type WireOrder = z.infer<typeof WireOrder>
