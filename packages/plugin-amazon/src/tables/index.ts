export * from './marketplaces.ts'
