import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalText, recordSchemas, type RecordOf, type Ref } from '@kontor/core'
import type { BuyerCanary, ReaderScenario, Suite, System, Wish, WriterScenario } from '@kontor/testkit'
import { createClock, createTruthLog, type SimulatorClock } from '@kontor/testkit/simulator'

type Outgoing = 'orders' | 'returns' | 'shipments' | 'refunds' | 'payouts'
const folders: Readonly<Record<Outgoing, string>> = {
  orders: 'orders',
  returns: 'returns',
  shipments: 'shipments-out',
  refunds: 'refunds-out',
  payouts: 'payouts',
}

/** What somebody has taken out of the folders: the record in it, by entity and key. */
interface Taken {
  readonly entity: string
  readonly key: string
  readonly content: string
}

/** The other side: somebody who empties the folders all the time, and puts files into them. */
interface FolderSystem extends System {
  readonly folder: string
  take(): readonly Taken[]
  put(entity: string, content: string): void
  putDocument(id: string, content: string): void
  /** Puts everything there again, in another order. */
  putAllAgain(): void
  next(): number
}

function startFolder(settings: { clock: Parameters<typeof createClock>[0] }): Promise<FolderSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-conformance-file-'))
  const clock: SimulatorClock = createClock(settings.clock)
  const truth = createTruthLog(() => clock.instant())
  const away = join(folder, '.taken')
  mkdirSync(away)
  const taken: Taken[] = []
  let counter = 0
  const take = (): readonly Taken[] => {
    for (const [entity, name] of Object.entries(folders)) {
      mkdirSync(join(folder, name), { recursive: true })
      for (const file of readdirSync(join(folder, name))) {
        if (file.startsWith('.')) continue
        const to = join(away, randomUUID())
        renameSync(join(folder, name, file), to)
        // `key` and `revision` stand beside what the record says.
        const { key, revision: _revision, ...record }: Record<string, unknown> = JSON.parse(readFileSync(to, 'latin1'))
        taken.push({ entity, key: String(key), content: canonicalText(record) })
        truth.add(`${entity}-taken`, String(key))
      }
    }
    return taken
  }
  const told: { entity: string; content: string }[] = []
  const drop = (entity: string, content: string): void => {
    const name = `${String(++counter).padStart(6, '0')}.jsonl`
    mkdirSync(join(folder, entity), { recursive: true })
    writeFileSync(join(folder, `.draft-${name}`), content)
    renameSync(join(folder, `.draft-${name}`), join(folder, entity, name))
  }
  const documentsPut = new Map<string, string>()
  const dropDocument = (id: string, content: string): void => {
    mkdirSync(join(folder, 'invoices'), { recursive: true })
    writeFileSync(join(folder, `.draft-${id}`), content)
    renameSync(join(folder, `.draft-${id}`), join(folder, 'invoices', `${id}.pdf`))
  }
  const taker = setInterval(take, 1)
  return Promise.resolve({
    folder,
    clock,
    truth,
    take,
    put(entity, content) {
      told.push({ entity, content })
      drop(entity, content)
    },
    putDocument(id, content) {
      documentsPut.set(id, content)
      dropDocument(id, content)
    },
    putAllAgain() {
      for (const [id, content] of [...documentsPut].toReversed()) dropDocument(id, content)
      for (const { entity, content } of told.toReversed()) drop(entity, content)
    },
    next: () => ++counter,
    close() {
      clearInterval(taker)
      clock.close()
      rmSync(folder, { recursive: true, force: true })
      return Promise.resolve()
    },
  })
}

/** Things a warehouse tells: parcels, by order and tracking number. */
const inbox: ReaderScenario<FolderSystem> = {
  create(system, count) {
    const rows = Array.from({ length: count }, () => ({
      order: `shop/${system.next()}`,
      tracking_number: `T${system.next()}`,
      carrier: 'DHL',
    }))
    system.put('shipments', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    return rows.map((row): Ref => ({ entity: 'shipments', id: `${row.order}:${row.tracking_number}` }))
  },
  change: (system, { id }) => system.put('shipments', `${JSON.stringify({ ...rowOf(id), carrier: 'UPS' })}\n`),
  malform: (system, { id }) =>
    system.put('shipments', `${JSON.stringify({ ...rowOf(id), shipped_at: '03/04/2026' })}\n`),
  unknownStatus: (system, { id }) =>
    system.put('shipments', `${JSON.stringify({ ...rowOf(id), status: 'beamed up' })}\n`),
  disorder: (system) => system.putAllAgain(),
  plant(system, buyer) {
    const row = {
      order: `shop/${system.next()}`,
      tracking_number: `T${system.next()}`,
      note: wordsOf(buyer),
      message: wordsOf(buyer),
    }
    system.put('shipments', `${JSON.stringify(row)}\n`)
    return { entity: 'shipments', id: `${row.order}:${row.tracking_number}` }
  },
}

/** Invoices as documents, by their order. A PDF says in its bytes what it is; more is not looked at. */
const documents: ReaderScenario<FolderSystem> = {
  create: (system, count) =>
    Array.from({ length: count }, (): Ref => {
      const id = `shop_${system.next()}`
      system.putDocument(id, '%PDF-1.4 first')
      return { entity: 'invoices', id }
    }),
  change: (system, { id }) => system.putDocument(id, `%PDF-1.4 again ${system.next()}`),
  malform: (system, { id }) => system.putDocument(id, 'a letter'),
  disorder: (system) => system.putAllAgain(),
  plant(system, buyer) {
    const id = `shop_${system.next()}`
    system.putDocument(id, `%PDF-1.4 ${wordsOf(buyer)}`)
    return { entity: 'invoices', id }
  },
}

const rowOf = (id: string): object => {
  const [order = '', tracking_number = ''] = id.split(':')
  return { order, tracking_number }
}
const wordsOf = (buyer: BuyerCanary): string => Object.values(buyer).join(' ')

/** `7-1` and `7-2` are about one order. */
const orderOf = (id: string): string => `shop/${id.split('-')[0]}`

/** The records that are written, one of each entity; `note` makes another revision, `letters` goes where a buyer's words go. */
const makers: { readonly [E in Outgoing]: (id: string, note: string, letters: string) => RecordOf<E> } = {
  orders: (id, note, letters) =>
    recordSchemas.orders.parse({
      entity: 'orders',
      id,
      lifecycle: { value: note === 'cancel' ? 'cancelled' : 'open' },
      merchantNote: note,
      shipTo: { fullName: letters },
      lines: [{ id: '1', sku: 'A', quantity: 2 }],
    }),
  returns: (id, note, letters) =>
    recordSchemas.returns.parse({
      entity: 'returns',
      id,
      about: { key: orderOf(id) },
      lifecycle: { value: note === 'cancel' ? 'cancelled' : 'approved', source: note },
      lines: [{ id: '1', quantity: { requested: 1 }, customerText: letters }],
    }),
  shipments: (id, note, letters) =>
    recordSchemas.shipments.parse({
      entity: 'shipments',
      id,
      about: { key: orderOf(id) },
      status: { value: note === 'cancel' ? 'cancelled' : 'shipped', source: note },
      note: letters,
    }),
  refunds: (id, note, letters) =>
    recordSchemas.refunds.parse({
      entity: 'refunds',
      id,
      about: { key: orderOf(id) },
      status: { value: note === 'cancel' ? 'declined' : 'done', source: note },
      message: letters,
      total: { amount: '5.00', currency: 'EUR' },
    }),
  payouts: (id, note, letters) =>
    recordSchemas.payouts.parse({
      entity: 'payouts',
      id,
      kind: note === 'cancel' ? 'charge' : 'payout',
      total: { amount: '5.00', currency: 'EUR' },
      invoiceNumber: `${note} ${letters}`,
    }),
}

function writing<E extends Outgoing>(entity: E): WriterScenario<FolderSystem, E> {
  const make = makers[entity]
  const contentOf = (record: RecordOf<E>): string => canonicalText(record)
  const again = (wish: Wish<E>, note: string): Wish<E> => ({ record: make(wish.record.id, note, 'none') })
  return {
    good: (system, count) =>
      Array.from({ length: count }, () => ({ record: make(String(system.next()), 'first', 'none') })),
    effects: (system, record) =>
      system.take().filter((one) => one.entity === entity && one.content === contentOf(record)).length,
    holds: (system, record) => {
      const all = system.take().filter((one) => one.entity === entity && one.key.endsWith(`/${record.id}`))
      return all.at(-1)?.content === contentOf(record)
    },
    correct: (_, wish) => again(wish, 'corrected'),
    cancel: (_, wish) => again(wish, 'cancel'),
    refused: (system) => ({ record: make(String(system.next()), 'first', '漢字') }),
    siblings: (system) => {
      const order = system.next()
      return [`${order}-1`, `${order}-2`].map((id) => ({ record: make(id, 'first', 'none') }))
    },
    plant: (system, buyer) => ({ record: make(String(system.next()), 'first', wordsOf(buyer)) }),
  }
}

const wholeFiles = { instead: 'A file appears whole or not at all.', because: 'it is moved in one step.' }

export const fileSuite: Suite<FolderSystem> = {
  simulator: { start: startFolder },
  connection: ({ folder }) => ({
    config: {
      folder,
      // JSON, so that the other side can compare whole records; an encoding that lacks letters, so that something can be refused.
      write: Object.fromEntries(
        Object.keys(folders).map((entity) => [entity, { format: 'json', encoding: 'windows-1252' }]),
      ),
    },
  }),
  scenarios: {
    readers: { inbox, documents },
    writers: {
      outbox: {
        orders: writing('orders'),
        returns: writing('returns'),
        shipments: writing('shipments'),
        refunds: writing('refunds'),
        payouts: writing('payouts'),
      },
    },
  },
  module: new URL('../src/index.ts', import.meta.url).href,
  promises: {
    'reading/unknown-status:documents': {
      instead: 'A document is an invoice, whatever it says.',
      because: 'a PDF has no status',
    },
    'writing/partial': wholeFiles,
    'writing/not-yet': { instead: 'Nothing comes too early.', because: 'a folder takes a file at any time.' },
  },
}
