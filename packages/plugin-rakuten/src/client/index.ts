export { createClient, type CurrentSales, type On, type RakutenClient } from './client.ts'
export type { Bucket, ClientNeeds } from './exchange.ts'
export { pagesOf } from './pages.ts'
export { listConfirmed, listNotShipped, type ListedSales } from './sale-lists.ts'
