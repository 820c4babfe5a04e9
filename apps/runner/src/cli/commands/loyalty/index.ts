import type { Registration } from '../../registration.ts'
import { explainPointsOf } from './explain.ts'
import { backfillPointsFrom } from './backfill.ts'
import { rebuild } from './rebuild.ts'
import { redeem, redemptions, rewards, withdraw } from './redeem.ts'

/** Points: why they are what they are, and what they become. */
export const loyalty: Registration = (program, act) => {
  const group = program.command('loyalty').description('points: why they are what they are, and what they become')
  for (const register of [explainPointsOf, backfillPointsFrom, rebuild, rewards, redeem, redemptions, withdraw])
    register(group, act)
}
