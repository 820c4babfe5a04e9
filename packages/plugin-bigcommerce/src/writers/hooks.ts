import type { Problem } from '@kontor/core'
import type { HooksClient, NewHook } from '../client/index.ts'
import type { BigCommerceCredentials } from '../config/index.ts'
import { hookScopes } from '../tables/hook-scopes.ts'
import { hookSecret, SECRET_HEADER } from '../tables/hook-secret.ts'

/**
 * Creates the webhooks that are missing, and switches on again what BigCommerce has switched off: it does so after 48 hours of failing, and
 * after 90 days without an event. Without a public address there is nothing to do: polling reads everything, only later.
 */
export async function ensureHooks(
  client: HooksClient,
  credentials: BigCommerceCredentials,
  context: { webhookUrl?: string; signal: AbortSignal },
): Promise<Problem[]> {
  const { webhookUrl: destination, signal } = context
  if (destination === undefined) return []
  const address = problemOf(destination)
  if (address !== undefined) return [address]
  const known = await client.hooks(destination, signal)
  const problems: Problem[] = []
  for (const scope of hookScopes) {
    const hook: NewHook = {
      scope,
      destination,
      is_active: true,
      headers: { [SECRET_HEADER]: hookSecret(credentials.accessToken) },
    }
    const found = known.find((one) => one.scope === scope)
    if (found?.is_active) continue
    if (found === undefined) await client.createHook(hook, signal)
    else {
      await client.activateHook(found.id, hook, signal)
      problems.push({
        level: 'info',
        message: `BigCommerce had switched off the webhook ${scope}; it is on again. Until then changes came by polling.`,
      })
    }
  }
  const host = new URL(destination).hostname
  if ((await client.blockedDomains(signal)).some((domain) => domain.includes(host)))
    problems.push({
      level: 'warning',
      message: `BigCommerce has blocked webhooks to ${host} for some minutes, since too many of them failed. Check that it answers 200 at once.`,
    })
  return problems
}

function problemOf(destination: string): Problem | undefined {
  const url = URL.canParse(destination) ? new URL(destination) : undefined
  if (url?.protocol === 'https:' && url.port === '') return undefined
  return {
    level: 'warning',
    message:
      'BigCommerce sends webhooks to https addresses on port 443 alone; none was created. Everything is read by polling.',
    key: 'webhooks.url',
  }
}
