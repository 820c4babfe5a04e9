import { KontorError } from '@kontor/core'
import type { Config } from '../../../config/index.ts'
import type { LoyaltyPlan } from '../../../engine/ledger-facts.ts'

/** The loyalty flows of the config, of which there has to be one. */
export function needPlans(config: Config): readonly LoyaltyPlan[] {
  if (config.loyalty.length > 0) return config.loyalty
  throw new KontorError('CONFIG_INVALID', {
    message: 'No flow of the config is a loyalty flow. Add one: flows: [{ loyalty: { shop: …, provider: … } }].',
    key: 'flows',
  })
}
