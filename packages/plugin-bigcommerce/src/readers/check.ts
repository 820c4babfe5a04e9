import { createHash } from 'node:crypto'
import { isKontorError, type CheckResult, type Problem } from '@kontor/core'
import type { CatalogClient, HooksClient } from '../client/index.ts'
import type { BigCommerceConfig, BigCommerceCredentials } from '../config/index.ts'
import type { ScopeProbe } from '../tables/scopes.ts'

/**
 * Asks one cheap question per scope, and names each that is missing as the form of BigCommerce does. The store itself is asked last and may
 * refuse: the scope set of a loyalty programme does not have it.
 */
export async function checkAccount(
  hooks: HooksClient,
  catalog: CatalogClient,
  config: BigCommerceConfig,
  credentials: BigCommerceCredentials,
  signal: AbortSignal,
): Promise<CheckResult> {
  const account = accountOf(credentials)
  const problems: Problem[] = []
  for (const scope of hooks.scopes) {
    const problem = await probe(hooks, scope, signal)
    if (problem?.code === 'AUTH_INVALID') return { account, problems: [problem] }
    if (problem !== undefined) problems.push(problem)
  }
  const store = await storeFacts(catalog, signal)
  if (store === undefined && config.currency === undefined)
    problems.push({
      level: 'info',
      message:
        'The API account has no scope "Information & Settings: read-only", so the currency of the store is not known. It is needed for prices alone: write it into config.currency.',
      key: 'config.currency',
    })
  if (credentials.clientSecret === undefined)
    problems.push({
      level: 'info',
      message: 'Without CLIENT SECRET webhooks are verified by our own secret alone. The API account file has it.',
      key: 'credentials.clientSecret',
    })
  return { account, problems, facts: { ...store } }
}

/** The same for the same store, whatever the API account. The hash itself belongs to the credentials, and is shown nowhere. */
const accountOf = ({ storeHash }: BigCommerceCredentials): string =>
  `store-${createHash('sha256').update(storeHash).digest('hex').slice(0, 12)}`

async function probe(hooks: HooksClient, scope: ScopeProbe, signal: AbortSignal): Promise<Problem | undefined> {
  try {
    await hooks.probe(scope, signal)
    return undefined
  } catch (thrown) {
    if (!isKontorError(thrown)) throw thrown
    if (thrown.code === 'AUTH_INVALID')
      return { level: 'error', message: thrown.message, code: thrown.code, key: 'credentials' }
    if (thrown.code !== 'AUTH_PERMISSION_MISSING') throw thrown
    const message = `The API account lacks the scope "${scope.scope}". It is needed for ${scope.needs}. Scopes cannot be added later: create a new account under Settings, API, API accounts, and point credentials.accountFile at its file.`
    return { level: scope.level, message, code: thrown.code, key: 'credentials' }
  }
}

async function storeFacts(catalog: CatalogClient, signal: AbortSignal): Promise<Record<string, string> | undefined> {
  try {
    const { name, currency } = await catalog.store(signal)
    return { ...(name ? { name } : {}), currency }
  } catch (thrown) {
    if (isKontorError(thrown) && thrown.code === 'AUTH_PERMISSION_MISSING') return undefined
    throw thrown
  }
}
