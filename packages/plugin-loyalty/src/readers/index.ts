export { leatQuestions } from './leat-questions.ts'
export { ledgerQuestions } from './ledger-questions.ts'
export { checkLeat, checkLedger, ensureAttributes } from './check.ts'
