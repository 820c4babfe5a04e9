export { amazon, amazon as default } from './plugin.ts'
export { AmazonConfig, AmazonCredentials } from './config.ts'
export { countryCodes, marketplaces } from './tables/index.ts'
export { completeAuthorization, consentUrl, newState, type Authorized, type ConsentWish } from './authorization.ts'
