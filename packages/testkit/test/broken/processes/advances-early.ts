import { broken, reading, type OrdersPage } from '../variant.ts'

/** In the module of its own that real processes need. */
export const advancesEarly = broken('goes on behind a page that was never kept', 'processes/reader-killed:orders', {
  module: import.meta.url,
  parts: reading(async function* read(right, request) {
    let held: OrdersPage | undefined
    for await (const page of right.read(request)) {
      if (held !== undefined) yield { ...held, checkpoint: page.checkpoint }
      held = page
    }
    if (held !== undefined) yield held
  }),
})
export default advancesEarly.plugin
