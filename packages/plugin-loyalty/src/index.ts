export { loyalty, loyalty as default } from './plugin.ts'
export { LoyaltyConfig, LoyaltyCredentials } from './config.ts'
