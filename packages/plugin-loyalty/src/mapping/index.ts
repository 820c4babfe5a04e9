export { toLeatOrder } from './leat-order.ts'
export { points } from './points.ts'
export { ownValue, valueFrom, valueText } from './value.ts'
