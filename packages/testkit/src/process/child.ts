import { createInterface } from 'node:readline'
import { createMemoryBuckets } from '@kontor/core/host'
import type { Plugin } from '@kontor/core'
import type { DeskEntry } from '../host/desk-log.ts'
import { Desk } from '../host/desk.ts'
import { readToEnd } from '../host/read-run.ts'
import { createClock, type SimulatorClock } from '../simulator/clock.ts'
import { openConnection, type OpenConnection } from '../stage/open-connection.ts'
import { openDurableFile } from './durable-file.ts'
import { parseOrders, type ChildOrders, type Said } from './orders.ts'

/** A page as a child keeps it. */
export interface KeptPage {
  page: unknown
  checkpoint: string
}

const points: string[] = []

/** Real death: nothing after this line runs in this process, and nothing is flushed. */
function point(name: string, dieAt: number | undefined): void {
  points.push(name)
  if (points.length !== dieAt) return
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way; until it is here, this thread stands still.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function nextLine(): Promise<string> {
  const { value, done } = await lines.next()
  if (done === true) throw new Error('the suite has closed the standard input of this process')
  return value
}

const say = (said: Said): boolean => process.stdout.write(`${JSON.stringify(said)}\n`)

async function main(): Promise<void> {
  const orders = parseOrders(await nextLine())
  // The author of the suite named the module; what it exports is checked by `connect`.
  const loaded = (await import(orders.module)) as { default: Plugin }
  if (orders.work.is === 'deliver') await deliver(loaded.default, orders, orders.work)
  else await read(loaded.default, orders, orders.work)
  say({ points })
  // Sockets that are kept alive and the standard input would keep this process alive.
  process.exit(0)
}

async function deliver(
  plugin: Plugin,
  orders: ChildOrders,
  work: Extract<ChildOrders['work'], { is: 'deliver' }>,
): Promise<void> {
  const log = openDurableFile<DeskEntry>(orders.file)
  let desk: Desk | undefined
  const systemClock = createClock(orders.clock)
  const opened = await open(plugin, orders, systemClock, async (keys) => await desk?.begin(keys))
  const writer = opened.writers[work.writer]
  if (writer === undefined) throw new Error(`the plugin has no writer "${work.writer}"`)
  const onPoint = (name: string): Promise<void> => Promise.resolve(point(name, orders.dieAt))
  desk = new Desk({
    plugin,
    writerName: work.writer,
    writer,
    clock: opened.clock,
    wishes: work.wishes,
    log,
    point: onPoint,
    rest: (ms) => rest(systemClock, ms),
  })
  say({ ready: true })
  await desk.work()
}

/** Nothing is under way, so nobody sees that the hours until then are skipped, here and at the system. */
async function rest(clock: SimulatorClock, ms: number): Promise<void> {
  say({ restMs: ms })
  await nextLine()
  await clock.advance(ms)
}

async function read(
  plugin: Plugin,
  orders: ChildOrders,
  work: Extract<ChildOrders['work'], { is: 'read' }>,
): Promise<void> {
  const kept = openDurableFile<KeptPage>(orders.file)
  const opened = await open(plugin, orders, createClock(orders.clock), async () => undefined)
  const reader = opened.readers[work.reader]
  if (reader === undefined) throw new Error(`the plugin has no reader "${work.reader}"`)
  say({ ready: true })
  await readToEnd(plugin, work.reader, reader, opened.clock, {
    since: work.since as Parameters<typeof reader.read>[0]['since'],
    checkpoint: kept.entries.at(-1)?.checkpoint,
    afterPage({ page, checkpoint }) {
      point('page in hand', orders.dieAt)
      kept.append({ page, checkpoint })
      point('page kept', orders.dieAt)
    },
  })
}

function open(
  plugin: Plugin,
  { connection, dieAt }: ChildOrders,
  systemClock: SimulatorClock,
  begin: (keys: readonly string[]) => Promise<void>,
): Promise<OpenConnection> {
  return openConnection({
    plugin,
    connection,
    systemClock,
    buckets: createMemoryBuckets(),
    journal: { begin },
    hooks: {
      before: ({ method }) => (isWrite(method) ? point(`request ${method}`, dieAt) : undefined),
      after({ method }, response) {
        if (isWrite(method)) point(`answer to ${method}`, dieAt)
        return response
      },
    },
  })
}

await main()
