export { simulator } from './simulator.ts'
export { ROOT, SHOP, TOKEN } from './world.ts'
