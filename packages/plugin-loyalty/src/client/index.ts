export { LeatClient, type Reception } from './leat-client.ts'
export { LedgerClient } from './ledger-client.ts'
