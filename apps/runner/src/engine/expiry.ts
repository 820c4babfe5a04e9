import type { Plugin, Problem } from '@kontor/core'
import { expiringProblems } from '@kontor/core/host'
import { z } from 'zod'
import { firstSeen } from '../store/first-seen.ts'
import type { Store } from '../store/store.ts'

const Values = z.record(z.string(), z.unknown()).catch({})

/** Warns of credentials that will have run out; what nobody stated a day for counts from the first use of the present values. */
export async function expiring(
  store: Store,
  connection: string,
  plugin: Plugin,
  settings: { credentials: unknown; parsedConfig: unknown },
): Promise<Problem[]> {
  const expires = plugin.credentials?.expires ?? []
  if (expires.length === 0 || settings.credentials === undefined) return []
  const credentials = Values.parse(settings.credentials)
  const since = await firstSeen(
    store,
    connection,
    Object.fromEntries(expires.map(({ what, of }) => [what, of.map((key) => credentials[key] ?? null)])),
  )
  return expiringProblems(plugin, settings.parsedConfig, store.clock.now(), ({ what }) => since.get(what))
}
