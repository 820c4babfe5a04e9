export { BigCommerceConfig } from './config.ts'
export { BigCommerceCredentials } from './credentials.ts'
export { parseAccountFile } from './account-file.ts'
