import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  Instant,
  isKontorError,
  Paths,
  type Clock,
  type Delivery,
  type InputOf,
  type Log,
  type Mode,
  type Order,
  type Outcome,
  type Reader,
  type RecordOf,
} from '@kontor/core'
import { connect, override } from '@kontor/core/host'
import { createHash } from 'node:crypto'
import plugin from '../src/index.ts'

type Config = InputOf<typeof plugin.config>
export type Settings = Omit<Config, 'folder'>

/** A clock that stands still except for sleepers, who move it. `whileAsleep` runs then: the moment to let a file grow. */
function handClock(): Clock & { whileAsleep: () => Promise<void>; moveMs: (ms: number) => void } {
  let now = Date.parse('2031-05-03T08:00:00Z')
  const clock = {
    now: () => now,
    whileAsleep: () => Promise.resolve(),
    moveMs: (ms: number) => void (now += ms),
    async sleep(ms: number) {
      await clock.whileAsleep()
      now += ms
    },
  }
  return clock
}

type Outgoing = 'orders' | 'returns' | 'shipments' | 'refunds' | 'payouts'
interface Logged {
  level: string
  message: string
  fields: unknown
}

/** A folder of its own, connected through the host. */
export async function world(
  settings: Settings = {},
  options: { mode?: Mode; onBegin?: (keys: readonly string[]) => void | Promise<void>; root?: string } = {},
) {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'kontor-file-')))
  if (options.root === undefined) onTestFinished(() => rm(root, { recursive: true, force: true }))
  const clock = handClock()
  const begun: string[] = []
  const logged: Logged[] = []
  const noting = (level: string) => (message: string, fields?: unknown) => void logged.push({ level, message, fields })
  const log: Log = { debug: noting('debug'), info: noting('info'), warn: noting('warn'), error: noting('error') }
  const shop = await connect(plugin, {
    config: { folder: 'warehouse', ...settings },
    name: 'warehouse',
    clock,
    log,
    mode: options.mode ?? 'live',
    journal: {
      async begin(keys) {
        await options.onBegin?.(keys)
        begun.push(...keys)
      },
    },
    overrides: [override(Paths, () => ({ resolve: (path: string) => join(root, path) }))],
  })
  const folder = join(root, 'warehouse')
  return {
    root,
    folder,
    clock,
    begun,
    logged,
    shop,
    put: (name: string, content: string | Uint8Array) => put(join(folder, name), content),
    names: (name: string) => namesIn(join(folder, name)),
    text: (name: string) => readFile(join(folder, name), 'utf8'),
    write: (deliveries: readonly Delivery<Outgoing>[]) =>
      outcomes(shop.writers.outbox.write(deliveries, new AbortController().signal)),
    readBack: (deliveries: readonly Delivery<Outgoing>[]) => {
      const { outbox } = shop.writers
      if (outbox.readBack === undefined) throw new Error('the outbox has no readBack')
      return outcomes(outbox.readBack(deliveries, new AbortController().signal))
    },
    read: (checkpoint?: Checkpoint) => collect(shop.readers.inbox, checkpoint),
    pages: (checkpoint?: Checkpoint) => pagesOf(shop.readers.inbox, checkpoint),
  }
}
export interface Checkpoint {
  at: null | { file: string; sha256: string; row: number; good: number; bad: number; finished: boolean }
}
type Inbox = Reader<Incoming, Checkpoint>
type Incoming = 'decisions' | 'shipments' | 'receipts' | 'refunds' | 'stock' | 'prices'
type Page = Awaited<ReturnType<Inbox['read']>> extends AsyncIterable<infer P> ? P : never

const since = Instant.parse('2026-01-01T00:00:00Z')

const pagesOf = (inbox: Inbox, checkpoint?: Checkpoint): AsyncIterable<Page> =>
  inbox.read({ since, signal: new AbortController().signal, ...(checkpoint === undefined ? {} : { checkpoint }) })

async function collect(inbox: Inbox, checkpoint?: Checkpoint) {
  const pages: Page[] = []
  for await (const page of pagesOf(inbox, checkpoint)) pages.push(page)
  return {
    pages,
    records: pages.flatMap((page) => [...page.records]),
    rejected: pages.flatMap((page) => [...(page.rejected ?? [])]),
  }
}

/** What was yielded, and what was thrown after it. */
async function outcomes(from: AsyncIterable<Outcome>): Promise<{ outcomes: Outcome[]; thrown?: unknown }> {
  const found: Outcome[] = []
  try {
    for await (const outcome of from) found.push(outcome)
  } catch (thrown) {
    return { outcomes: found, thrown }
  }
  return { outcomes: found }
}

export async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).toSorted()
}

export const codeOf = (thrown: unknown): string => (isKontorError(thrown) ? thrown.code : String(thrown))

export function deliveryOf<E extends Outgoing>(record: RecordOf<E>, name = `bm-eu/${record.id}`): Delivery<E> {
  const key = createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 32)
  return { key, name, record }
}

const euro = (amount: string) => ({ amount, currency: 'EUR' })

export const anOrder = (over: Partial<Order> = {}): Order => ({
  entity: 'orders',
  id: '5978',
  numbers: ['5978'],
  lifecycle: { value: 'open' },
  payment: { value: 'paid' },
  currency: 'EUR',
  shipTo: {
    fullName: 'Erika Muster',
    phone: '+49 30 000000',
    address: { line1: 'Beispielweg 1', postalCode: '00000', city: 'Musterstadt', countryCode: 'DE' },
  },
  totals: { grand: euro('299.00') },
  lines: [
    {
      id: '1',
      sku: 'PHONE-64-BLK',
      title: 'Phone, 64 GB',
      quantity: 1,
      unitPrice: { value: euro('249.00'), taxIncluded: true },
    },
    { id: '2', sku: 'CASE-1', title: 'Case', quantity: 2, unitPrice: { value: euro('25.00'), taxIncluded: true } },
  ],
  ...over,
})
