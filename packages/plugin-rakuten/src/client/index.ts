export { createClient, type RakutenClient } from './client.ts'
export { pagesOf } from './pages.ts'
export { listConfirmed, listNotShipped } from './sale-lists.ts'
