export { shipmentsWriter } from './shipments.ts'
