import type { ChannelEngineReturn } from './channelengine.ts'

const line = {
  MerchantProductNo: 'SH-BL-M',
  Quantity: 2,
  ExtraData: { bin: 'A3' },
  ShipmentStatus: 'SHIPPED',
  OrderLine: {
    ChannelProductNo: 'B0MUSTER01',
    Quantity: 3,
    UnitPriceInclVat: 19.95,
    LineTotalInclVat: 59.85,
    VatRate: 19,
    Gtin: '04006381333931',
    Description: 'Shirt blau M',
    IsFulfillmentByMarketplace: false,
  },
}

/** As the list of returns tells it: without what the warehouse decided. */
export const listed: ChannelEngineReturn = {
  Id: 4711,
  MerchantOrderNo: 'R5982',
  ChannelOrderNo: '302-0000000-0000001',
  ChannelId: 12,
  GlobalChannelId: 6,
  GlobalChannelName: 'Musterplatz',
  MerchantReturnNo: null,
  ChannelReturnNo: 'RET-1',
  Status: 'IN_PROGRESS',
  Reason: 'WRONG_SIZE',
  CustomerComment: 'zu klein',
  MerchantComment: null,
  RefundInclVat: 39.9,
  RefundExclVat: 33.53,
  ReturnDate: '2026-10-01T08:00:00+00:00',
  CreatedAt: '2026-10-02T09:14:00+02:00',
  UpdatedAt: '2026-10-05T16:40:12+02:00',
  AcknowledgedDate: '2026-10-02T10:00:00+02:00',
  ExtraData: { warehouse: 'Hamburg' },
  Lines: [line, { ...line, MerchantProductNo: 'HO-SW-32', Quantity: 1 }],
}

/** As the order tells it: part accepted, part rejected. */
export const decided: ChannelEngineReturn = {
  Id: 4712,
  MerchantOrderNo: 'R5983',
  ChannelId: 12,
  GlobalChannelId: 6,
  GlobalChannelName: 'Musterplatz',
  MerchantReturnNo: 'kontor-1',
  ChannelReturnNo: null,
  Status: 'RECEIVED',
  Reason: 'PRODUCT_DEFECT',
  CustomerComment: null,
  MerchantComment: 'eine Naht war aufgetrennt',
  RefundInclVat: 19.95,
  RefundExclVat: 16.76,
  ReturnDate: null,
  CreatedAt: '2026-10-02T09:14:00+02:00',
  UpdatedAt: '2026-10-05T16:40:12+02:00',
  ExtraData: { warehouse: 'Hamburg' },
  Lines: [{ ...line, AcceptedQuantity: 1, RejectedQuantity: 1 }],
}
