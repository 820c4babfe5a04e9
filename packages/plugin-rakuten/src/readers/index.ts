export { ClaimsCheckpoint, createClaimsReader } from './claims.ts'
export { createOrdersReader, OrdersCheckpoint } from './orders.ts'
export { createPayoutsReader, PayoutsCheckpoint } from './payouts.ts'
export { SaleBook } from './sale-book.ts'
