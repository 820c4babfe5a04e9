export { RakutenConfig, RakutenCredentials } from './config.ts'
export { rakuten, rakuten as default } from './plugin.ts'
