export * from './canonical/index.ts'
export * from './errors/index.ts'
export * from './contract/index.ts'
