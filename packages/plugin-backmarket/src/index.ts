export { backMarket, backMarket as default } from './plugin.ts'
export { BackMarketConfig, BackMarketCredentials } from './config.ts'
