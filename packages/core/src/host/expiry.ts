import { z } from 'zod'
import { toInstant } from '../canonical/index.ts'
import { toMilliseconds, type Expiry, type Plugin, type Problem } from '../contract/index.ts'

const dayMs = 86_400_000
const Values = z.record(z.string(), z.unknown()).catch({})

/**
 * Warns of credentials that will have run out. A date stops nothing: the system alone decides when they are worth nothing.
 * @param firstUsed absent: what a person has stated a day for in the config, which every `check` of a connection tells. Present: the rest, counted from
 * when its present values were first used, in milliseconds, which may be later than they were made
 */
export function expiringProblems(
  plugin: Plugin,
  config: unknown,
  now: number,
  firstUsed?: (expiry: Expiry) => number | undefined,
): Problem[] {
  const values = Values.parse(config)
  return (plugin.credentials?.expires ?? []).flatMap((expiry) => {
    const day = expiry.stated === undefined ? undefined : z.iso.date().safeParse(values[expiry.stated]).data
    const begun = day === undefined ? undefined : Date.parse(day)
    const since = firstUsed ? (begun === undefined ? firstUsed(expiry) : undefined) : begun
    return since === undefined ? [] : expiring(expiry, since, now, day !== undefined)
  })
}

function expiring(
  { what, after, warnFrom, stops, remedy, stated }: Expiry,
  since: number,
  now: number,
  certain: boolean,
): Problem[] {
  const ends = since + toMilliseconds(after)
  if (now < ends - toMilliseconds(warnFrom)) return []
  const until = toInstant(ends)
  const left = Math.ceil((ends - now) / dayMs)
  const when =
    left <= 0
      ? `should have run out on ${until.slice(0, 10)}: once it is refused, ${stops}`
      : `runs out ${left === 1 ? 'tomorrow' : `in ${left} days`}${certain ? '' : ' at the latest'}, on ${until.slice(0, 10)}; then ${stops}`
  return [
    {
      level: 'warning',
      message: `The ${what} ${when}. ${remedy}`,
      key: stated === undefined ? 'credentials' : `config.${stated}`,
      until,
    },
  ]
}
