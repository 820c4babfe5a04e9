export { createClient, type Client } from './client.ts'
export { findReturn, readReturn, type Named } from './find-return.ts'
