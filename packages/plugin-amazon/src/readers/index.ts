export { checkAccount } from './check.ts'
export { OrdersCheckpoint, ordersReader } from './orders.ts'
export { PersonalData } from './personal-data.ts'
