export * from './offer.ts'
export { toOrder } from './order.ts'
