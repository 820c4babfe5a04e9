export { RakutenConfig, RakutenCredentials } from './config.ts'
export { default, rakutenPlugin } from './plugin.ts'
