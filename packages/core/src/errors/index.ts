export * from './codes.ts'
export * from './kontor-error.ts'
