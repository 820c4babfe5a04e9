export { simulator } from './simulator.ts'
export { allRoles, type Options, type Role } from './options.ts'
export { FBA_SKU } from './make-world.ts'
export type { NewOrder } from './orders/place-order.ts'
export {
  APPLICATION_ID,
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  CLIENT_ID,
  CLIENT_SECRET,
  OTHER_REFRESH_TOKEN,
  OTHER_SELLER_ID,
  QUEUE_PATH,
  REFRESH_TOKEN,
  RESTRICTED_REFRESH_TOKEN,
  SELLER_ID,
  type World,
} from './world.ts'
export { sandboxSimulator, type SandboxWorld } from './sandbox/sandbox-simulator.ts'
export { loadSandboxCases, type SandboxCase } from './sandbox/static-cases.ts'
