export { createClient, type RakutenClient } from './client.ts'
export { pagesOf } from './pages.ts'
export { listConfirmed, listNotShipped, listPreorders, preorderDays } from './sale-lists.ts'
export { unlessUnknown } from './unless-unknown.ts'
