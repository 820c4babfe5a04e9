export { default } from './plugin.ts'
export type { FileConfig } from './config/index.ts'
