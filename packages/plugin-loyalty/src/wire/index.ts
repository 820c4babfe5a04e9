export * from './leat.ts'
export * from './ledger.ts'
