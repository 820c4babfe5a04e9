export { simulator } from './simulator.ts'
export { OTHER_SHOP, OTHER_TOKEN, ROOT, SHOP, TOKEN, type Options, type World } from './world.ts'
