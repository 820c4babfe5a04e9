export * from './order.ts'
export * from './seller.ts'
export * from './values.ts'
export * from './shipment.ts'
