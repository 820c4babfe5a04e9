export { toOrder } from './order.ts'
