export { createActions } from './actions.ts'
export { createReceiptsWriter } from './receipts.ts'
