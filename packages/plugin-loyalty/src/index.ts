export { loyalty, default } from './plugin.ts'
export { LoyaltyConfig, LoyaltyCredentials } from './config.ts'
