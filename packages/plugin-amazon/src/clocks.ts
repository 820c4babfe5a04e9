import type { Cache, Clock, Problem } from '@kontor/core'
import type { AmazonConfig } from './config.ts'
import { renewal } from './tables/index.ts'

const day = 86_400_000

/** The two clocks of an authorization. developer-docs.amazon.com/sp-api, "Renew authorizations" and "Rotate LWA credentials" (2026-08). */
const clocks = [
  {
    name: 'authorization',
    key: 'authorizedOn',
    days: 365,
    what: 'The authorization of Amazon',
    stops: 'orders are no longer read, and stock, prices and shipments no longer sent',
    remedy: renewal.authorization,
  },
  {
    name: 'secret',
    key: 'secretCreatedOn',
    days: 180,
    what: 'The client secret of the Amazon app',
    stops: 'every call fails',
    remedy: renewal.secret,
  },
] as const

const warnFromDays = 30
const dailyFromDays = 7

interface Ending {
  name: string
  problem: Problem
  daysLeft: number
}

/** What runs out within thirty days, or has. A date is a warning and never stops anything: Amazon alone decides when a token is worth nothing. */
function endings(config: Pick<AmazonConfig, 'authorizedOn' | 'secretCreatedOn'>, now: number): Ending[] {
  return clocks.flatMap(({ name, key, days, what, stops, remedy }) => {
    const since = config[key]
    if (since === undefined) return []
    const ends = Date.parse(since) + days * day
    const daysLeft = Math.ceil((ends - now) / day)
    if (daysLeft > warnFromDays) return []
    const on = new Date(ends).toISOString().slice(0, 10)
    const when =
      daysLeft <= 0
        ? `has run out by its date (${on}): as soon as Amazon refuses it, ${stops} until it is renewed`
        : `runs out ${daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`}, on ${on}: then ${stops}`
    return [
      { name, daysLeft, problem: { level: 'warning', message: `${what} ${when}. ${remedy}`, key: `config.${key}` } },
    ]
  })
}

/** For `check`: all of it, whenever it is asked. */
export const clockProblems = (config: AmazonConfig, now: number): Problem[] =>
  endings(config, now).map(({ problem }) => problem)

/** For the log: weekly from thirty days before, daily in the last week and after. What was said last is remembered beside the connection. */
export async function dueWarnings(config: AmazonConfig, clock: Clock, cache: Cache): Promise<Problem[]> {
  const now = clock.now()
  const due: Problem[] = []
  for (const { name, daysLeft, problem } of endings(config, now)) {
    const everyMs = (daysLeft <= dailyFromDays ? 1 : 7) * day
    const last = await cache.get(`warned-${name}`)
    // An hour of grace: a daily round is never exactly a day after the last.
    if (typeof last === 'number' && now - last < everyMs - 3_600_000) continue
    await cache.set(`warned-${name}`, now, 400 * day)
    due.push(problem)
  }
  return due
}
