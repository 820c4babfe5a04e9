export { toOrder, type OrderParts } from './order.ts'
export { toRefund } from './refund.ts'
export { toOfferPrice, toProducts, toStockLevels } from './offer.ts'
export { instantOf, textOrNull } from './values.ts'
