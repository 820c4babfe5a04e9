export { toLeatOrder } from './leat-order.ts'
export { points } from './points.ts'
