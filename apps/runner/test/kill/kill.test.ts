import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { randomName, serverUrl } from '../databases.ts'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createYard } from './yard.ts'

/** The long form (KONTOR_FAULTS=long) goes through every commit and kills at fifty random instants; the short one takes every third commit and twelve. */
const long = process.env['KONTOR_FAULTS'] === 'long'
const minutes = (count: number) => ({ timeout: (long ? 10 : 1) * count * 60_000 })

describe('a runner that is killed', () => {
  it(
    'before and after its commits, one after another: loses nothing and confirms nothing twice',
    minutes(8),
    async () => {
      await using yard = await createYard({ orders: 40, seed: 7 })
      const last = long ? 140 : 45
      for (let commit = 1; commit <= last; commit += long ? 1 : 3)
        for (const moment of ['before', 'after']) await yard.ended(yard.start(moment, String(commit)))
      await yard.finish()
      expect(await yard.verdict()).toEqual([])
      expect(yard.shipped()).toBeGreaterThan(5)
    },
  )

  it(`at ${long ? 50 : 12} random instants, while the warehouse takes files away`, minutes(8), async () => {
    await using yard = await createYard({ orders: 120, seed: 11 })
    for (let round = 0; round < (long ? 50 : 12); round++) {
      const child = yard.start()
      await pause(300 + Math.random() * 1500)
      child.kill('SIGKILL')
      await yard.ended(child)
    }
    await yard.finish()
    expect(await yard.verdict()).toEqual([])
    expect(yard.shipped()).toBeGreaterThan(10)
  })

  it(
    'is replaced at once, while one that only stands still keeps its place until its lease is over',
    minutes(3),
    async () => {
      await using yard = await createYard({ orders: 60, seed: 13 })
      const first = yard.start()
      await pause(2500)
      expect(await yard.ended(yard.start())).toContain('RUNNER_ACTIVE')
      await stopBetweenTransactions(first, yard.folder)
      expect(await yard.ended(yard.start())).toContain('RUNNER_ACTIVE')
      await pause(11_000)
      const second = yard.start()
      await pause(2500)
      expect(second.exitCode).toBeNull()
      first.kill('SIGCONT')
      expect(await yard.ended(first)).toContain('FENCED')
      second.kill('SIGKILL')
      await yard.ended(second)
      await yard.finish()
      expect(await yard.verdict()).toEqual([])
    },
  )
})

describe.skipIf(inject('postgresUrl') === '')('several runners on one PostgreSQL', () => {
  it('share the work, and none is missed when it is killed', minutes(8), async () => {
    await using yard = await createYard({ orders: 120, seed: 17, storeUrl: await serverUrl(randomName()) })
    let runners = [yard.start(), yard.start(), yard.start()]
    for (let round = 0; round < (long ? 40 : 8); round++) {
      await pause(700 + Math.random() * 1500)
      const [first, ...others] = runners
      first?.kill('SIGKILL')
      runners = [...others, yard.start()]
    }
    for (const each of runners) each.kill('SIGTERM')
    for (const each of runners) await yard.ended(each)
    await yard.finish()
    expect(await yard.verdict()).toEqual([])
    expect(yard.shipped()).toBeGreaterThan(10)
  })
})

/** A process that stands still inside a transaction keeps the file locked, and nobody can take over before it is ended: docs/operations.md says so. */
async function stopBetweenTransactions(child: ChildProcess, folder: string): Promise<void> {
  for (;;) {
    child.kill('SIGSTOP')
    await pause(50)
    const probe = new Database(join(folder, 'kontor.db'), { timeout: 50 })
    try {
      probe.exec('begin immediate; rollback')
      return
    } catch {
      child.kill('SIGCONT')
      await pause(100)
    } finally {
      probe.close()
    }
  }
}
