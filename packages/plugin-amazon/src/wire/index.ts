export * from './order.ts'
export * from './seller.ts'
export * from './values.ts'
