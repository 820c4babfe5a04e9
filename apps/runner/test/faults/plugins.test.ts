import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@kontor/core/host'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openStore } from '../../src/store/open.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { readStatus } from '../../src/store/status.ts'
import type { Store } from '../../src/store/store.ts'

const plugin = (name: string): string => join(import.meta.dirname, '..', 'plugins', `${name}.ts`)

interface Bad {
  reads?: string
  writes?: string
  checks?: string
  listens?: string
}

/** A runner in a process of its own, with a connection that behaves badly and two that do not: what `good` sells goes to `shelf` and to `bad`. */
async function startBeside(bad: Bad) {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-rogue-'))
  const file = join(folder, 'kontor.yaml')
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const name of ['good', 'bad', 'shelf']) mkdirSync(join(folder, name))
  writeFileSync(
    file,
    stringify({
      store: './kontor.db',
      connections: {
        good: { plugin: plugin('rogue'), config: { folder: './good', reads: 'well' }, every: '1s' },
        bad: { plugin: plugin('rogue'), config: { folder: './bad', url, ...bad }, every: '1s' },
        shelf: { plugin: plugin('shelf'), config: { folder: './shelf' }, every: '1h' },
      },
      flows: [
        { entity: 'orders', from: ['good', 'bad'], to: 'shelf', start: 'all' },
        { entity: 'orders', from: 'good', to: 'bad', start: 'all' },
      ],
    }),
  )
  const output: string[] = []
  const start = () => {
    const child = spawn(
      process.execPath,
      ['--conditions=@kontor/source', join(import.meta.dirname, 'rogue-child.ts'), file],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => output.push(data.toString()))
    return child
  }
  let child = start()
  const lines = (...path: string[]): string[] => {
    const noted = join(folder, ...path)
    return existsSync(noted) ? readFileSync(noted, 'utf8').trim().split('\n').filter(Boolean) : []
  }
  const beside = {
    folder,
    said: () => output.join(''),
    get exitCode() {
      return child.exitCode
    },
    get signalCode() {
      return child.signalCode
    },
    again() {
      child = start()
    },
    /** What of `good` has come to the shelf. */
    delivered: () => lines('shelf', 'orders.jsonl').filter((line) => line.includes('"good/')).length,
    noted: () => lines('bad', 'noted'),
    attempts: () => lines('bad', 'attempts'),
    /** Waits until something is so; fails with what the runner said. */
    async until(what: string, test: () => Promise<boolean> | boolean, withinMs = 30_000): Promise<void> {
      const deadline = Date.now() + withinMs
      while (!(await test())) {
        if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}. ${output.join('')}`)
        await pause(100)
      }
    },
    /** The others go on delivering. */
    async othersGoOn(): Promise<void> {
      const before = beside.delivered()
      await beside.until('others deliver', () => beside.delivered() >= before + 3)
    },
    async view<T>(work: (store: Store) => Promise<T>): Promise<T> {
      const store = await openStore({ path: join(folder, 'kontor.db'), clock: systemClock })
      try {
        return await work(store)
      } finally {
        await store.close()
      }
    },
    put: (name: string) => writeFileSync(join(folder, 'bad', name), ''),
    async stop(): Promise<void> {
      child.kill('SIGTERM')
      await beside.until('the runner ends', () => child.exitCode !== null || child.signalCode !== null, 15_000)
      expect([child.exitCode, child.signalCode], beside.said()).toEqual([0, null])
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  if (bad.checks === undefined) await beside.until('it starts', () => beside.said().includes('started'))
  return beside
}

type Beside = Awaited<ReturnType<typeof startBeside>>

const readingError = async (beside: Beside): Promise<string | undefined> =>
  await beside.view(
    async (store) => (await readStatus(store)).streams.find(({ connection }) => connection === 'bad')?.error?.message,
  )
const writingError = async (beside: Beside): Promise<string | undefined> =>
  await beside.view(
    async (store) =>
      (await listDeliveries(store, { state: 'open', limit: 100 })).find(
        ({ destination, error }) => destination === 'bad' && error,
      )?.error?.message,
  )
const trouble = async (beside: Beside): Promise<string | undefined> =>
  await beside.view(
    async (store) => (await readStatus(store)).troubles.find(({ connection }) => connection === 'bad')?.message,
  )

const stalled = /bad \(\w+ orders\): the plugin rogue/

/** What it does, and where and in what words `status` tells of it. */
const manners: readonly (readonly [
  string,
  Bad,
  ((beside: Beside) => Promise<string | undefined>) | undefined,
  RegExp,
])[] = [
  ['reads and throws at once', { reads: 'throws' }, readingError, /read orders failed unexpectedly \(TypeError\)/],
  ['reads and throws a text', { reads: 'throwsText' }, readingError, /failed unexpectedly \(string\)/],
  ['reads and throws nothing', { reads: 'throwsNothing' }, readingError, /failed unexpectedly \(undefined\)/],
  ['leaves a failed promise alone', { reads: 'rejectsUnseen' }, trouble, /promise nobody waits for.*rogue.*TypeError/],
  ['throws in a timer', { reads: 'throwsLater' }, trouble, /error nobody catches.*rogue.*RangeError/],
  ['reads for good and does not stop', { reads: 'hangs' }, trouble, /no sign of life.*left behind/],
  ['reads for good until it is stopped', { reads: 'waitsToBeStopped' }, readingError, stalled],
  ['reads without end', { reads: 'floods' }, undefined, /./],
  ['reads nothing without end', { reads: 'floodsWithNothing' }, undefined, /./],
  ['reads a page of a hundred thousand', { reads: 'floodsAtOnce' }, readingError, /page of 100000 records/],
  ['calls its system without end while it reads', { reads: 'callsWithoutEnd' }, readingError, /300 calls without/],
  ['leaves timers, listeners and servers open', { reads: 'leaks' }, undefined, /./],
  ['hangs when it is asked whose account it is', { checks: 'hangs' }, trouble, /no sign of life.*left behind/],
  ['listens to its queue for good and does not stop', { listens: 'hangs' }, trouble, /no sign of life.*left behind/],
  ['tells without end that there is no news', { listens: 'floods' }, undefined, /./],
  ['writes and throws at once', { writes: 'throws' }, writingError, /write orders failed unexpectedly/],
  ['writes for good and does not stop', { writes: 'hangs' }, trouble, /no sign of life.*left behind/],
  ['calls its system without end while it writes', { writes: 'callsWithoutEnd' }, writingError, /300 calls without/],
]

describe.concurrent('a plugin that', () => {
  it.each(manners)(
    '%s takes no other connection with it, is named in status, and ends with the runner',
    { timeout: 120_000 },
    async (_, bad, told, words) => {
      await using beside = await startBeside(bad)
      if (told) await beside.until('status tells of it', async () => words.test((await told(beside)) ?? ''))
      else await pause(3000)
      await beside.othersGoOn()
      expect(beside.exitCode, beside.said()).toBeNull()
      await beside.stop()
    },
  )

  it('is tried again, and works when it behaves again', { timeout: 120_000 }, async () => {
    await using beside = await startBeside({ writes: 'hangs' })
    await beside.until('status tells of it', async () => /left behind/.test((await trouble(beside)) ?? ''))
    beside.put('calm')
    await beside.until('it is delivered to', () => beside.noted().length >= 3, 60_000)
    await beside.stop()
    expect(new Set(beside.noted()).size).toBe(beside.noted().length)
  })

  it('breaks down over one delivery keeps no other from being delivered', { timeout: 120_000 }, async () => {
    await using beside = await startBeside({ writes: 'stumblesOverOne' })
    await beside.until('later ones are delivered', () => beside.noted().some((name) => name.endsWith('-5')), 60_000)
    expect(await writingError(beside)).toMatch(/failed unexpectedly \(TypeError\)/)
    await beside.stop()
    expect(beside.noted().filter((name) => name.endsWith('-2'))).toEqual([])
  })

  it('wakes up after it was left behind does nothing any more', { timeout: 120_000 }, async () => {
    await using beside = await startBeside({ writes: 'wakesLater' })
    await beside.until('it is left behind', async () => /left behind/.test((await trouble(beside)) ?? ''))
    // While another attempt of the same delivery is under way, so that its claim is no reason to refuse it.
    await beside.until(
      'it is tried again',
      () => beside.attempts().filter((name, _, [first]) => name === first).length > 1,
    )
    beside.put('wake')
    await pause(700)
    expect(beside.noted()).toEqual([])
    beside.put('calm')
    await beside.until('it is delivered to', () => beside.noted().length >= 3, 60_000)
    await beside.stop()
    expect(new Set(beside.noted()).size).toBe(beside.noted().length)
  })

  it.each([{ reads: 'blocks' }, { writes: 'blocks' }, { checks: 'blocks' }])(
    'lets nothing else run (%o) ends its runner, named, and is put off at the next start',
    { timeout: 120_000 },
    async (bad) => {
      await using beside = await startBeside(bad)
      await beside.until('it is ended', () => beside.exitCode !== null || beside.signalCode !== null)
      expect([beside.exitCode, beside.signalCode], beside.said()).toEqual([5, null])
      expect(beside.said()).toMatch(
        /the plugin rogue of bad \([a-z ]+\) let nothing else of this process run, in \w+ of .*rogue\.ts:\d+/,
      )
      beside.again()
      await beside.othersGoOn()
      expect(await (bad.writes ? writingError : readingError)(beside)).toMatch(/let nothing else of this process run/)
      await beside.stop()
    },
  )
})
