import { z } from 'zod'
import { scopes, type ScopeProbe } from '../tables/scopes.ts'
import { WireHook, WireHookAdmin, WireHooks } from '../wire/index.ts'
import type { StoreRequests } from './request.ts'

export interface NewHook {
  scope: string
  destination: string
  is_active: boolean
  headers: Readonly<Record<string, string>>
}

/** Webhooks of this API account, and the cheap questions that show which scopes it has. */
export class HooksClient {
  readonly #requests: StoreRequests

  constructor(requests: StoreRequests) {
    this.#requests = requests
  }

  async hooks(destination: string, signal: AbortSignal): Promise<WireHook[]> {
    const { data } = await this.#requests.get('/v3/hooks', {
      query: { destination, limit: 250 },
      schema: WireHooks,
      doing: 'list webhooks',
      signal,
    })
    return data.filter((hook) => hook.destination === destination)
  }

  async blockedDomains(signal: AbortSignal): Promise<string[]> {
    const { data } = await this.#requests.get('/v3/hooks/admin', {
      schema: WireHookAdmin,
      doing: 'ask for blocked webhooks',
      signal,
    })
    return (data?.blocked_domains ?? []).flatMap(({ destination }) => destination ?? [])
  }

  /** A second hook of the same scope and destination is refused, so this may be repeated. */
  async createHook(hook: NewHook, signal: AbortSignal): Promise<void> {
    await this.#requests.write('/v3/hooks', {
      method: 'POST',
      json: hook,
      schema: z.unknown(),
      effect: 'repeatable',
      doing: 'create a webhook',
      signal,
    })
  }

  async activateHook(id: string, hook: NewHook, signal: AbortSignal): Promise<void> {
    const path = `/v3/hooks/${encodeURIComponent(id)}`
    await this.#requests.write(path, {
      method: 'PUT',
      json: hook,
      schema: WireHookChanged,
      effect: 'repeatable',
      doing: 'switch a webhook on again',
      signal,
    })
  }

  async probe({ probe }: ScopeProbe, signal: AbortSignal): Promise<void> {
    await this.#requests.get(probe.path, {
      query: probe.query,
      schema: z.unknown(),
      doing: 'check the API account',
      signal,
    })
  }

  /** The scopes to probe, in the order of importance. */
  get scopes(): readonly ScopeProbe[] {
    return scopes
  }
}

const WireHookChanged = z.object({ data: WireHook })
