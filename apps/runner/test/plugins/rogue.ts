/* oxlint-disable require-yield -- what never comes to a record is the point here */
import { appendFileSync, existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  Clock,
  definePlugin,
  Paths,
  toInstant,
  type Delivery,
  type Http,
  type Order,
  type Outcome,
  type Page,
} from '@kontor/core'
import { z } from 'zod'

type Batch = readonly Delivery<'orders'>[]
type OrderPage = Page<'orders', { at: number }>

/** What a manner works with. */
interface Hand {
  http: Http
  signal: AbortSignal
  /** One more order, as a well-behaved shop has. */
  next(): OrderPage
  /** Counts attempts; what each was given stands in a file `attempts`. */
  attempt(batch: Batch): number
  isThere(file: string): boolean
  /** Where a well-behaved writer notes what it was given. */
  note(delivery: Delivery<'orders'>): Promise<void>
}

const forGood = new Promise<never>(() => undefined)
const leak = (): void => {
  setInterval(() => undefined, 1000)
  createServer().listen(0, '127.0.0.1')
  process.on('SIGWINCH', () => undefined)
}
const call = async ({ http }: Hand): Promise<void> =>
  void (await http.send({ method: 'GET', path: '/', effect: 'none', doing: 'ask', as: 'none' }))

/** How it reads. All but the first are what a plugin must not do. */
const reading: Readonly<Record<string, (hand: Hand) => AsyncIterable<OrderPage>>> = {
  async *well(hand) {
    yield hand.next()
  },
  async *nothing() {},
  throws() {
    throw new TypeError('thrown at once')
  },
  throwsText() {
    // oxlint-disable-next-line typescript/only-throw-error -- plugins do
    throw 'no error at all'
  },
  async *throwsNothing(hand) {
    yield hand.next()
    // oxlint-disable-next-line typescript/only-throw-error -- plugins do
    throw undefined
  },
  async *rejectsUnseen(hand) {
    void Promise.reject(new TypeError('nobody waits for this'))
    yield hand.next()
  },
  async *throwsLater(hand) {
    setTimeout(() => {
      throw new RangeError('nobody catches this')
    }, 50)
    yield hand.next()
  },
  async *hangs() {
    await forGood
  },
  async *waitsToBeStopped({ signal }) {
    await new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true }))
  },
  async *floods(hand) {
    for (;;) yield hand.next()
  },
  async *floodsWithNothing() {
    for (;;) yield { records: [], checkpoint: { at: 0 } }
  },
  async *floodsAtOnce(hand) {
    const [order] = hand.next().records
    if (order) yield { records: Array.from({ length: 100_000 }, () => order), checkpoint: { at: 0 } }
  },
  async *callsWithoutEnd(hand) {
    for (;;) await call(hand)
  },
  async *leaks(hand) {
    leak()
    yield hand.next()
  },
  async *blocks() {
    for (;;);
  },
}

/** How it writes. */
const writing: Readonly<Record<string, (hand: Hand, batch: Batch) => AsyncIterable<Outcome>>> = {
  async *well(hand, batch) {
    for (const delivery of batch) {
      await hand.note(delivery)
      yield { key: delivery.key, is: 'done' }
    }
  },
  throws() {
    throw new TypeError('thrown at once')
  },
  async *stumblesOverOne(hand, batch) {
    for (const delivery of batch) {
      if (delivery.record.id.endsWith('-2')) throw new TypeError('this one')
      await hand.note(delivery)
      yield { key: delivery.key, is: 'done' }
    }
  },
  async *hangs() {
    await forGood
  },
  async *callsWithoutEnd(hand) {
    for (;;) await call(hand)
  },
  /** The first attempt sleeps until a file `wake` is there, every other for good. */
  async *wakesLater(hand, batch) {
    if (hand.attempt(batch) > 1) await forGood
    while (!hand.isThere('wake')) await new Promise((done) => setTimeout(done, 20))
    for (const delivery of batch) await hand.note(delivery)
    yield* batch.map(({ key }) => ({ key, is: 'done' as const }))
  },
  async *blocks() {
    for (;;);
  },
}

/** A shop and a warehouse that behave as badly as they are told to. A file `calm` in its folder makes it behave well. */
export const rogue = definePlugin({
  id: 'rogue',
  title: 'Test rogue',
  apiVersion: 1,
  description: 'A system whose plugin behaves badly.',
  config: z.strictObject({
    folder: z.string(),
    url: z.url().default('http://127.0.0.1:1'),
    reads: z.string().default('nothing'),
    writes: z.string().default('well'),
    checks: z.enum(['well', 'hangs', 'blocks']).default('well'),
    listens: z.enum(['hangs', 'floods']).optional(),
  }),
  hosts: ({ url }) => ({ api: [url] }),
  readers: { orders: { yields: ['orders'], checkpoint: z.object({ at: z.number() }) } },
  writers: { orders: { takes: ['orders'], again: 'safe' } },
  needs: { paths: Paths, clock: Clock },
  create({ config, http, begin, paths, clock }) {
    const file = (name: string): string => join(paths.resolve(config.folder), name)
    const calm = (): boolean => existsSync(file('calm'))
    let made = 0
    let attempts = 0
    const hand = (signal: AbortSignal): Hand => ({
      http,
      signal,
      next() {
        made++
        const id = `${clock.now()}-${made}`
        const order: Order = {
          entity: 'orders',
          id,
          numbers: [id],
          orderedAt: toInstant(clock.now()),
          lifecycle: { value: 'open' },
          payment: { value: 'paid' },
          acceptance: { value: 'accepted' },
          fulfilledBy: 'merchant',
          lines: [{ id: `${id}-line`, sku: 'SKU-1', quantity: 1, status: { value: 'to_ship' } }],
        }
        return { records: [order], checkpoint: { at: clock.now() } }
      },
      attempt(batch) {
        attempts++
        appendFileSync(file('attempts'), batch.map(({ name }) => `${name}\n`).join(''))
        return attempts
      },
      isThere: (name) => existsSync(file(name)),
      async note({ key, name }) {
        await begin([{ key }], `note ${name}`)
        appendFileSync(file('noted'), `${name}\n`)
      },
    })
    const wayOf = <T>(ways: Readonly<Record<string, T>>, name: string): T => {
      const way = ways[calm() ? 'well' : name]
      if (way === undefined) throw new Error(`no manner ${name}`)
      return way
    }
    return {
      async check() {
        if (config.checks === 'hangs') await forGood
        if (config.checks === 'blocks') for (;;);
        return { account: config.folder, problems: [] }
      },
      readers: { orders: { read: ({ signal }) => wayOf(reading, config.reads)(hand(signal)) } },
      ...(config.listens
        ? {
            hints: {
              async *listen() {
                if (config.listens === 'hangs') await forGood
                for (;;) yield []
              },
            },
          }
        : {}),
      writers: { orders: { write: (batch, signal) => wayOf(writing, config.writes)(hand(signal), batch) } },
    }
  },
})
export default rogue
