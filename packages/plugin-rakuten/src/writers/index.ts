export { lint } from './lint.ts'
export { createOffersWriter } from './offers.ts'
export { createOrdersWriter } from './orders.ts'
