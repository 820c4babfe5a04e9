export { toLabel } from './label.ts'
export { progressOf } from './progress.ts'
export { toReturn } from './return.ts'
