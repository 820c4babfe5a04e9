import { Clock, Files, Log, Mode, Paths } from '../contract/index.ts'
import { resolve } from 'node:path'
import { createMemoryBuckets } from '../http/index.ts'
import { systemClock } from './clock.ts'
import { createScope, type Override, type ServiceScope } from './container.ts'
import { noFiles } from './no-files.ts'
import { noJournal } from './journals.ts'
import { nullLog } from './log.ts'
import { BucketsToken, CredentialStoreToken, FetchToken, JournalToken } from './tokens.ts'

/** The services of one process: what a library needs, and what a runner replaces by its own with `overrides`. */
export function createProcessScope(overrides: readonly Override[] = []): ServiceScope {
  const scope = createScope('process')
  scope.provide(Clock, systemClock)
  scope.provide(Log, nullLog)
  scope.provide(Mode, 'live')
  scope.provide(Paths, { resolve: (path) => resolve(path) })
  scope.provide(Files, noFiles)
  scope.provide(FetchToken, (input, init) => fetch(input, init))
  scope.provide(JournalToken, noJournal)
  scope.provide(CredentialStoreToken, undefined)
  scope.register(BucketsToken, () => createMemoryBuckets())
  scope.override(overrides)
  return scope
}
