export { toLabel } from './label.ts'
export { activeItems, progressOf } from './progress.ts'
export { toReturn } from './return.ts'
