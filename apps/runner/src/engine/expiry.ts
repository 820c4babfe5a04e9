import { toInstant, toMilliseconds, type Expiry, type Plugin, type Problem } from '@kontor/core'
import { z } from 'zod'
import { firstSeen } from '../store/first-seen.ts'
import type { Store } from '../store/store.ts'

const dayMs = 86_400_000
const Values = z.record(z.string(), z.unknown()).catch({})

/**
 * Warns of credentials that will have run out: by the day a person has stated, else by when the present values were first used here, which may be later
 * than they were made. A date stops nothing: the system alone decides when they are worth nothing.
 */
export async function expiringProblems(
  store: Store,
  connection: string,
  plugin: Plugin,
  settings: { credentials: unknown; parsedConfig: unknown },
): Promise<Problem[]> {
  const expires = plugin.credentials?.expires ?? []
  if (expires.length === 0 || settings.credentials === undefined) return []
  const credentials = Values.parse(settings.credentials)
  const config = Values.parse(settings.parsedConfig)
  const parts = Object.fromEntries(expires.map(({ what, of }) => [what, of.map((key) => credentials[key] ?? null)]))
  const since = await firstSeen(store, connection, parts)
  return expires.flatMap((each) => expiring(each, config, since.get(each.what), store.clock.now()))
}

function expiring(
  { what, after, warnFrom, stops, remedy, stated }: Expiry,
  config: Readonly<Record<string, unknown>>,
  seen: number | undefined,
  now: number,
): Problem[] {
  const day = stated === undefined ? undefined : z.iso.date().safeParse(config[stated]).data
  const since = day === undefined ? seen : Date.parse(day)
  if (since === undefined) return []
  const ends = since + toMilliseconds(after)
  if (now < ends - toMilliseconds(warnFrom)) return []
  const until = toInstant(ends)
  const left = Math.ceil((ends - now) / dayMs)
  const when =
    left <= 0
      ? `should have run out on ${until.slice(0, 10)}: once it is refused, ${stops}`
      : `runs out ${left === 1 ? 'tomorrow' : `in ${left} days`}${day === undefined ? ' at the latest' : ''}, on ${until.slice(0, 10)}; then ${stops}`
  return [
    {
      level: 'warning',
      message: `The ${what} ${when}. ${remedy}`,
      key: stated === undefined ? 'credentials' : `config.${stated}`,
      until,
    },
  ]
}
