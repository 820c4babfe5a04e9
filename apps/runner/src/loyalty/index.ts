export { recompute } from './recompute.ts'
export { LoyaltyRules } from './rules.ts'
export { pointsToBeGone } from './target.ts'
