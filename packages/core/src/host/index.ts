/**
 * Whoever loads plugins: a runner, a test, a program that uses one plugin as a library. Plugins themselves import `@kontor/core` alone, which
 * does not load the container.
 */
export * from './clock.ts'
export * from './connect.ts'
export { requestConsent, type Consent, type ConsentRequest } from './consent.ts'
export type * from './connection.ts'
export { createScope, override, type Get, type Override, type ServiceScope } from './container.ts'
export { expiringProblems } from './expiry.ts'
export { hostFeatures } from './features.ts'
export { beginWith, noJournal, planJournal } from './journals.ts'
export * from './load-plugin.ts'
export * from './log.ts'
export { checkManifest } from './manifest.ts'
export { createMemoryCache } from './memory-cache.ts'
export { createProcessScope } from './process-scope.ts'
export * from './tokens.ts'
export { validated } from './validated.ts'
export {
  blockedState,
  copyError,
  createHttp,
  createMemoryBuckets,
  createRedactor,
  emptyBucket,
  learnedState,
  redactUrl,
  secretsIn,
  takeAll,
  takeFrom,
} from '../http/index.ts'
export type {
  Authorizer,
  BegunCall,
  Buckets,
  BucketState,
  Draw,
  Hosts,
  HttpOptions,
  Priority,
  Redactor,
  StateDraw,
  Taken,
  Told,
} from '../http/index.ts'
