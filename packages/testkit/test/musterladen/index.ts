export { musterladen as default } from './plugin.ts'
