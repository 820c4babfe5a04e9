export type {
  Config,
  Connection,
  ConnectionSettings,
  DecideRule,
  Flow,
  LogLevel,
  LoyaltyFlow,
  StoreAddress,
} from './config.ts'
export { loadConfig, readConfig, type LoadOptions, type PluginLoader } from './load-config.ts'
export { configSchema, type InstalledPlugin } from './config-schema.ts'
export {
  ConfigError,
  dotted,
  placeText,
  problemsOf,
  problemText,
  type ConfigProblem,
  type KeyPath,
  type Place,
} from './problems.ts'
export { createSecretSource, type SecretSource } from './secret-source.ts'
export { didYouMean, listed, nearest } from './words.ts'
