export * from './marketplaces.ts'
export * from './operations.ts'
export * from './order-states.ts'
export * from './renewal.ts'
