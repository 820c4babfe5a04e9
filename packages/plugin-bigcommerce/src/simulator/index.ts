export { simulator } from './simulator.ts'
export { CLIENT_ID, CLIENT_SECRET, STORE, TOKEN } from './world.ts'
export { allScopes, loyaltyScopes } from './options.ts'
