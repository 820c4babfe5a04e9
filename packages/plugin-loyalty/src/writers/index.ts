export { leatWriter } from './leat.ts'
export { webhookLedgerWriter } from './webhook-ledger.ts'
