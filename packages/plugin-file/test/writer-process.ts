/**
 * Writes orders as a runner would, with a journal in a file: what is noted there before a kill is all that is known after it.
 * `node writer-process.ts FOLDER JOURNAL COUNT one|batch`
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Delivery, Outcome } from '@kontor/core'
import plugin from '../src/index.ts'

const [folder = '', journal = '', count = '0', perFile] = process.argv.slice(2)
const signal = new AbortController().signal
const state = new Map<string, string>()
const note = (key: string, word: string): void => {
  appendFileSync(journal, `${key} ${word}\n`)
  state.set(key, word)
}
if (existsSync(journal))
  for (const line of readFileSync(journal, 'utf8').split('\n')) {
    const [key, word] = line.split(' ')
    if (key !== undefined && word !== undefined) state.set(key, word)
  }

const quiet = (): void => undefined
const { writers } = plugin.create({
  http: {
    send: () => Promise.reject(new Error('no network')),
    file: () => Promise.reject(new Error('no network')),
    upload: () => Promise.reject(new Error('no network')),
  },
  config: plugin.config.parse({ folder, write: { orders: { perFile } } }),
  credentials: undefined,
  begin: (deliveries) => {
    for (const { key } of deliveries) note(key, 'begun')
    return Promise.resolve()
  },
  clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  mode: 'live',
  paths: { resolve: (path) => path },
})

const all = Array.from({ length: Number(count) }, (_, place): Delivery<'orders'> => {
  const id = String(place + 1)
  const key = createHash('sha256').update(id).digest('hex').slice(0, 32)
  const lines = [{ id: '1', sku: 'CASE-1', quantity: 1 }]
  return {
    key,
    name: `shop/${id}`,
    record: { entity: 'orders', id, payment: { value: 'paid' }, lifecycle: { value: 'open' }, lines },
  }
})

async function settle(outcomes: AsyncIterable<Outcome> | undefined): Promise<void> {
  for await (const { key, is } of outcomes ?? []) note(key, is)
}

process.stdout.write('at work\n')
const doubtful = all.filter(({ key }) => state.get(key) === 'begun')
await settle(writers.outbox.readBack?.(doubtful, signal))
const open = all.filter(({ key }) => state.get(key) !== 'done')
const atOnce = perFile === 'batch' ? 3 : 20
for (let start = 0; start < open.length; start += atOnce)
  await settle(writers.outbox.write(open.slice(start, start + atOnce), signal))
