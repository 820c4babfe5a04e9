export { checkConnection } from './check.ts'
export { ReturnsCheckpoint } from './checkpoint.ts'
export { createReturnsReader } from './returns.ts'
