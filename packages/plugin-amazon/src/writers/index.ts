export { decisionsWriter } from './decisions.ts'
export { offersWriter } from './offers.ts'
export { refundsWriter } from './refunds.ts'
export { shipmentsWriter } from './shipments.ts'
