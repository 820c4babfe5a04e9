export { AmazonConfig, AmazonCredentials } from './config.ts'
export { limits } from './limits.ts'
export { countryCodes, marketplaces } from './tables/index.ts'
