export { toOrder, type OrderParts } from './order.ts'
export { toRefund } from './refund.ts'
export { toOfferPrice, toProducts, toStockLevels } from './offer.ts'
