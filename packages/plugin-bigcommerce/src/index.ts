export { bigcommerce, bigcommerce as default } from './plugin.ts'
export { BigCommerceConfig, BigCommerceCredentials, parseAccountFile } from './config/index.ts'
