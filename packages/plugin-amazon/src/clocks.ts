import { toInstant, type Problem } from '@kontor/core'
import type { AmazonConfig } from './config.ts'
import { renewal } from './tables/index.ts'

const day = 86_400_000

/** The two clocks of an authorization. developer-docs.amazon.com/sp-api, "Renew authorizations" and "Rotate LWA credentials" (2026-08). */
const clocks = [
  {
    key: 'authorizedOn',
    days: 365,
    what: 'The authorization of Amazon',
    stops: 'orders are no longer read, and stock, prices and shipments no longer sent',
    remedy: renewal.authorization,
  },
  {
    key: 'secretCreatedOn',
    days: 180,
    what: 'The client secret of the Amazon app',
    stops: 'every call fails',
    remedy: renewal.secret,
  },
] as const

const warnFromDays = 30

/**
 * What runs out within thirty days, or has. A date is a warning and never stops anything: Amazon alone decides when a token is worth
 * nothing. With `until` the runner tells it weekly, and daily in the last week.
 */
export function clockProblems(config: Pick<AmazonConfig, 'authorizedOn' | 'secretCreatedOn'>, now: number): Problem[] {
  return clocks.flatMap(({ key, days, what, stops, remedy }): Problem[] => {
    const since = config[key]
    if (since === undefined) return []
    const ends = Date.parse(since) + days * day
    const left = Math.ceil((ends - now) / day)
    if (left > warnFromDays) return []
    const on = new Date(ends).toISOString().slice(0, 10)
    const when =
      left <= 0
        ? `has run out by its date (${on}): as soon as Amazon refuses it, ${stops} until it is renewed`
        : `runs out ${left === 1 ? 'tomorrow' : `in ${left} days`}, on ${on}: then ${stops}`
    return [{ level: 'warning', message: `${what} ${when}. ${remedy}`, key: `config.${key}`, until: toInstant(ends) }]
  })
}
