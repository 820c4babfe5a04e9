export { simulator } from './simulator.ts'
export {
  CLIENT_ID,
  CLIENT_SECRET,
  OTHER_STORE,
  OTHER_TOKEN,
  RESTRICTED_TOKEN,
  STORE,
  TOKEN,
  type World,
} from './world.ts'
export { allScopes, loyaltyScopes, type Options } from './options.ts'
