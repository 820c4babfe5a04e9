import { isKontorError, KontorError, type Order } from '@kontor/core'
import { broken, calls, fetching, pages, reading, type Broken, type OrdersPage } from './variant.ts'

let runs = 0

const withRecords = (page: OrdersPage, change: (order: Order) => Order): OrdersPage => ({
  ...page,
  records: page.records.map(change),
})

export const brokenReaders: readonly Broken[] = [
  broken('loses the last page', 'reading/everything-arrives:orders', {
    parts: reading(async function* read(right, request) {
      let held: OrdersPage | undefined
      for await (const page of right.read(request)) {
        if (held !== undefined) yield held
        held = page
      }
    }),
  }),
  broken('advances the checkpoint early', 'reading/resume:orders', {
    parts: reading(async function* read(right, request) {
      let held: OrdersPage | undefined
      for await (const page of right.read(request)) {
        if (held !== undefined) yield { ...held, checkpoint: page.checkpoint }
        held = page
      }
      if (held !== undefined) yield held
    }),
  }),
  broken('goes on from the checkpoint of the run before', 'reading/killed-before-commit:orders', {
    parts: (parts) => {
      const right = parts.readers.orders
      return {
        ...parts,
        readers: {
          ...parts.readers,
          orders: {
            ...right,
            read: ({ checkpoint, ...request }) =>
              right.read(
                checkpoint === undefined ? request : { ...request, checkpoint: { after: advanced(checkpoint.after) } },
              ),
          },
        },
      }
    },
  }),
  broken('has checkpoints that live five minutes', 'reading/resume-later:orders', {
    parts: reading(async function* read(right, request, { clock }) {
      const [after = '', issued] = request.checkpoint?.after.split('@') ?? []
      const now = clock.now()
      const stale = issued !== undefined && now - Number(issued) > 300_000
      const checkpoint = { after: stale ? new Date(now).toISOString() : after }
      for await (const page of right.read(issued === undefined ? request : { ...request, checkpoint }))
        yield { ...page, checkpoint: { after: `${page.checkpoint.after}@${now}` } }
    }),
  }),
  broken('takes its own clock for the watermark', 'reading/clock-skew:orders', {
    parts: reading(async function* read(right, request, { clock }) {
      const now = new Date(clock.now()).toISOString()
      let last: OrdersPage | undefined
      for await (const page of right.read(request)) {
        if (last !== undefined) yield last
        last = page
      }
      if (last !== undefined) yield { ...last, checkpoint: { after: now } }
    }),
  }),
  broken('skips what is of the same instant as the end of a page', 'reading/one-second:orders', {
    http: calls((call) =>
      call.path === '/orders' && call.query?.['after'] !== undefined
        ? { ...call, query: { after: `${String(call.query['after']).split('~')[0]}~999999999` } }
        : call,
    ),
  }),
  broken('loses what moves while it reads', 'reading/pages-shift:orders', {
    parts: reading(async function* read(right, request) {
      const seen = new Set<string>()
      for await (const page of right.read(request)) {
        const fresh = page.records.filter(({ id }) => !seen.has(id))
        for (const { id } of page.records) seen.add(id)
        yield { ...page, records: fresh }
      }
    }),
  }),
  broken('doubles a page', 'reading/pages-once:orders', {
    parts: reading(async function* read(right, request) {
      for await (const page of right.read(request)) {
        yield page
        yield page
      }
    }),
  }),
  broken('tells ids as numbers', 'reading/canonical:orders', {
    parts: pages((page) => withRecords(page, (order) => ({ ...order, id: Number(order.id) as unknown as string }))),
  }),
  broken('yields entities it never declared', 'reading/canonical:orders', {
    parts: pages((page) => ({
      ...page,
      records: page.records.map(({ id }) => ({ entity: 'receipts', id })) as unknown as Order[],
    })),
  }),
  broken('changes its ids with every run', 'reading/stable-ids:orders', {
    parts: reading(async function* read(right, request) {
      runs += 1
      const run = runs
      for await (const page of right.read(request))
        yield withRecords(page, (order) => ({ ...order, id: `${order.id}-${run}` }))
    }),
  }),
  broken('finds everything changed in each run', 'reading/second-run-empty:orders', {
    parts: reading(async function* read(right, { since, signal }) {
      runs += 1
      const flags = [`read in run ${runs}`]
      for await (const page of right.read({ since, signal })) yield withRecords(page, (order) => ({ ...order, flags }))
    }),
  }),
  broken('reads nothing once it has a checkpoint', 'reading/changes-arrive:orders', {
    parts: reading(async function* read(right, request) {
      if (request.checkpoint === undefined) yield* right.read(request)
      else yield { records: [], checkpoint: request.checkpoint }
    }),
  }),
  broken('takes a list in disorder for its end', 'reading/pages-disordered:orders', {
    parts: reading(async function* read(right, request) {
      let last = ''
      for await (const page of right.read(request)) {
        const ids = page.records.map(({ id }) => id.padStart(9, '0'))
        if (ids.some((id) => id < last)) return
        last = ids.at(-1) ?? last
        yield page
      }
    }),
  }),
  broken('swallows a rejection', 'reading/bad-record:orders', { parts: pages((page) => ({ ...page, rejected: [] })) }),
  broken('stops at a bad record', 'reading/bad-record:orders', {
    parts: pages((page) => {
      const [first] = page.rejected ?? []
      if (first !== undefined) throw first.error
      return page
    }),
  }),
  broken('drops the page of a bad record', 'reading/bad-record:orders', {
    parts: pages((page) => ((page.rejected ?? []).length > 0 ? { ...page, records: [] } : page)),
  }),
  broken('rejects without the raw value', 'reading/bad-record:orders', {
    parts: pages((page) => ({ ...page, rejected: (page.rejected ?? []).map((each) => ({ ...each, raw: undefined })) })),
  }),
  broken('takes an unknown status for a known one', 'reading/unknown-status:orders', {
    parts: pages((page) => withRecords(page, (order) => ({ ...order, lifecycle: { value: 'open' } }))),
  }),
  broken('erases what the list does not tell', 'reading/absent-says-nothing:orders', {
    parts: pages((page) => withRecords(page, (order) => ({ ...order, buyer: { ...order.buyer, phone: null } }))),
  }),
  broken('tells by id something else than in the list', 'reading/fetch-agrees:orders', {
    parts: fetching(async function* fetch(right, refs, signal) {
      for await (const intake of right.fetch?.(refs, signal) ?? [])
        yield { ...intake, records: intake.records.map((order) => ({ ...order, currency: 'USD' })) }
    }),
  }),
  broken('fails at an id that has vanished', 'reading/vanished-ids:orders', {
    parts: fetching(async function* fetch(right, refs, signal) {
      for await (const intake of right.fetch?.(refs, signal) ?? []) {
        if (intake.records.length === 0)
          throw new KontorError('NOT_FOUND', { message: 'This order is not there. Check whether it was deleted.' })
        yield intake
      }
    }),
  }),
  broken('takes a server that is down for the end', 'transport/server-down:orders', {
    parts: reading(async function* read(right, request) {
      try {
        yield* right.read(request)
      } catch (error) {
        if (!isKontorError(error)) throw error
      }
    }),
  }),
  broken('takes a web page for an empty list', 'transport/html:orders', {
    parts: reading(async function* read(right, request) {
      try {
        yield* right.read(request)
      } catch (error) {
        if (!isKontorError(error) || (error.code !== 'WIRE_MISMATCH' && error.code !== 'ENDPOINT_MISMATCH')) throw error
      }
    }),
  }),
  broken('ignores abort', 'transport/abort-hanging:orders', {
    parts: reading((right, request) => right.read({ ...request, signal: new AbortController().signal })),
  }),
  broken('takes an abort for the end', 'transport/abort-waiting:orders', {
    parts: reading(async function* read(right, request) {
      try {
        yield* right.read(request)
      } catch (error) {
        if (!request.signal.aborted) throw error
      }
    }),
  }),
]

/** A place a little further on: as if the checkpoint had been raised when the page was asked for, and not when it was kept. */
function advanced(after: string): string {
  const [changed, id] = after.split('~')
  return `${changed}~${String(Number(id) + 7).padStart(9, '0')}`
}
