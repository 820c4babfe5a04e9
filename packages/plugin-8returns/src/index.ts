export { default } from './plugin.ts'
export * from './plugin.ts'
export type { EightReturnsConfig, EightReturnsCredentials } from './config.ts'
