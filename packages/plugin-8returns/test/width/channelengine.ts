import type { Coded, Instant, Return, ReturnLine } from '@kontor/core'

/** A return of ChannelEngine 2.13, as far as the test speaks of it. Written after the published interface; every value in the fixtures is invented. */
export interface ChannelEngineReturn {
  Id: number
  MerchantOrderNo: string
  ChannelOrderNo?: string
  MerchantReturnNo: string | null
  ChannelReturnNo: string | null
  Status: string
  Reason: string
  CustomerComment: string | null
  MerchantComment: string | null
  RefundInclVat: number
  RefundExclVat: number
  ReturnDate: string | null
  CreatedAt: string
  UpdatedAt: string
  ExtraData: Readonly<Record<string, string>>
  Lines: {
    ExtraData: Readonly<Record<string, string>>
    MerchantProductNo: string
    Quantity: number
    AcceptedQuantity?: number | null
    RejectedQuantity?: number | null
    OrderLine: {
      ChannelProductNo: string
      Quantity: number
      UnitPriceInclVat: number
      Gtin?: string | null
      Description?: string | null
      [more: string]: unknown
    }
    [more: string]: unknown
  }[]
  [more: string]: unknown
}

type Lifecycle = NonNullable<Return['lifecycle']>['value']
type Logistics = NonNullable<Return['logistics']>['value']
type Reason = NonNullable<ReturnLine['reason']>['value']

/** One word for two axes: received goods close the return there. */
const statuses: Readonly<Record<string, { lifecycle: Lifecycle; logistics: Logistics }>> = {
  IN_PROGRESS: { lifecycle: 'approved', logistics: 'unknown' },
  RECEIVED: { lifecycle: 'closed', logistics: 'received' },
  CANCELLED: { lifecycle: 'cancelled', logistics: 'not_required' },
}
/** WRONG_SIZE does not say in which direction, so it stays unknown beside its word. */
export const reasons: Readonly<Record<string, Reason>> = {
  PRODUCT_DEFECT: 'defective',
  PRODUCT_UNSATISFACTORY: 'quality',
  WRONG_PRODUCT: 'wrong_item',
  TOO_MANY_PRODUCTS: 'ordered_multiple',
  REFUSED: 'refused',
  REFUSED_DAMAGED: 'damaged_in_transit',
  WRONG_ADDRESS: 'wrong_address',
  NOT_COLLECTED: 'not_collected',
  WRONG_SIZE: 'unknown',
  OTHER: 'other',
}

const instant = (text: string): Instant => text as Instant
const coded = <V extends string>(value: V | undefined, source: string): Coded<V> => ({
  value: value ?? 'unknown',
  source,
})

/** The currency stands in the order alone. */
export function toReturn(told: ChannelEngineReturn, currency: string): Return {
  const status = statuses[told.Status]
  const comments = [
    { id: 'customer', from: 'buyer' as const, text: told.CustomerComment },
    { id: 'merchant', from: 'merchant' as const, text: told.MerchantComment },
  ]
  return {
    entity: 'returns',
    id: String(told.Id),
    version: told.UpdatedAt,
    numbers: told.ChannelReturnNo === null ? [] : [told.ChannelReturnNo],
    about: {
      entity: 'orders',
      number: told.MerchantOrderNo,
      ...(told.ChannelOrderNo === undefined ? {} : { id: told.ChannelOrderNo }),
    },
    rmaNumber: told.ChannelReturnNo,
    externalReference: told.MerchantReturnNo,
    lifecycle: coded(status?.lifecycle, told.Status),
    logistics: coded(status?.logistics, told.Status),
    lines: told.Lines.map((line) => ({
      id: line.MerchantProductNo,
      sku: line.MerchantProductNo,
      gtin: line.OrderLine.Gtin,
      title: line.OrderLine.Description,
      quantity: { requested: line.Quantity, accepted: line.AcceptedQuantity, rejected: line.RejectedQuantity },
      reason: coded(reasons[told.Reason], told.Reason),
      unitPrice: { amount: String(line.OrderLine.UnitPriceInclVat), currency },
    })),
    totals: { refund: { amount: String(told.RefundInclVat), currency } },
    messages: comments.flatMap((each) => (each.text === null ? [] : [{ ...each, text: each.text }])),
    extensions: extensionsOf(told),
    requestedAt: told.ReturnDate === null ? null : instant(told.ReturnDate),
    createdAt: instant(told.CreatedAt),
    updatedAt: instant(told.UpdatedAt),
  }
}

/** Free pairs, of the return and of each of its lines. */
const extensionsOf = ({ ExtraData, Lines }: ChannelEngineReturn): NonNullable<Return['extensions']> =>
  Object.fromEntries([
    ...Object.entries(ExtraData).map(([name, text]) => [`channelengine.extra.${name}`, text]),
    ...Lines.flatMap(({ ExtraData: pairs }, index) =>
      Object.entries(pairs).map(([name, text]) => [`channelengine.line.${index}.${name}`, text]),
    ),
  ])

const pairsBelow = (record: Return, prefix: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record.extensions ?? {}).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  )

/** The same return made of the record alone. */
export function fromReturn(record: Return): unknown {
  const comment = (from: string): string | null => record.messages?.find((each) => each.from === from)?.text ?? null
  return {
    Id: Number(record.id),
    MerchantOrderNo: record.about?.number,
    ChannelOrderNo: record.about?.id,
    MerchantReturnNo: record.externalReference,
    ChannelReturnNo: record.rmaNumber,
    Status: record.lifecycle?.source,
    Reason: record.lines?.[0]?.reason?.source,
    CustomerComment: comment('buyer'),
    MerchantComment: comment('merchant'),
    RefundInclVat: Number(record.totals?.refund?.amount),
    ReturnDate: record.requestedAt,
    CreatedAt: record.createdAt,
    UpdatedAt: record.updatedAt,
    ExtraData: pairsBelow(record, 'channelengine.extra.'),
    Lines: (record.lines ?? []).map((line, index) => ({
      ExtraData: pairsBelow(record, `channelengine.line.${index}.`),
      MerchantProductNo: line.sku,
      Quantity: line.quantity.requested,
      AcceptedQuantity: line.quantity.accepted,
      RejectedQuantity: line.quantity.rejected,
      OrderLine: { Gtin: line.gtin, Description: line.title, UnitPriceInclVat: Number(line.unitPrice?.amount) },
    })),
  }
}

const ofTheOrder = 'of the order line, which the order itself tells'
/** What the record has no place for, and why that is no loss of what a return is. */
export const leftOut: Readonly<Record<string, string>> = {
  ChannelId: 'where the order was placed: the order tells it',
  GlobalChannelId: 'where the order was placed: the order tells it',
  GlobalChannelName: 'where the order was placed: the order tells it',
  AcknowledgedDate: 'of the handshake with ChannelEngine, nothing about the return',
  RefundExclVat: 'tax is told by the refund, which is a record of its own',
  'Lines[].ShipmentStatus': ofTheOrder,
  'Lines[].OrderLine.ChannelProductNo': ofTheOrder,
  'Lines[].OrderLine.Quantity': ofTheOrder,
  'Lines[].OrderLine.LineTotalInclVat': ofTheOrder,
  'Lines[].OrderLine.VatRate': ofTheOrder,
  'Lines[].OrderLine.IsFulfillmentByMarketplace': ofTheOrder,
}
