export { shipmentsWriter } from './shipments.ts'
export { offersWriter } from './offers.ts'
