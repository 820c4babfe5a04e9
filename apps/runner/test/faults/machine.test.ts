import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { createYard, type Yard } from '../kill/yard.ts'

const folder = mkdtempSync(join(tmpdir(), 'kontor-disk-'))
const mounted = mountSmallDisk()
afterAll(() => {
  if (mounted) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
})

/** A disk of its own of 24 MB. Only root may mount one. */
function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'kontor-disk', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!mounted)('a full disk (skipped where no small disk can be mounted: that takes root)', () => {
  it(
    'stops the work until there is room again; nothing is lost, nothing done twice',
    { timeout: 300_000 },
    async () => {
      await using yard = await createYard({ orders: 60, seed: 31, storeFolder: folder, patienceMs: 120_000 })
      const runner = yard.start()
      await yard.begun(runner)
      for (let round = 0; round < 2; round++) {
        await pause(3000)
        fill(join(folder, 'ballast'))
        await pause(5000)
        expect(runner.exitCode, await printed(yard, runner)).toBeNull()
        rmSync(join(folder, 'ballast'))
      }
      await pause(6000)
      expect(runner.exitCode, await printed(yard, runner)).toBeNull()
      runner.kill('SIGTERM')
      await yard.ended(runner)
      await yard.finish()
      expect(await yard.verdict()).toEqual([])
      expect(yard.shipped()).toBeGreaterThan(5)
    },
  )
})

/** Until nothing more fits. */
function fill(path: string): void {
  for (const size of [1_000_000, 100_000, 4096])
    for (;;)
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
      } catch {
        break
      }
}

it('a clock that jumps an hour ahead holds nothing up and does nothing twice', { timeout: 300_000 }, async () => {
  await using yard = await createYard({
    orders: 60,
    seed: 37,
    environment: { KONTOR_TEST_CLOCK_JUMP: '3600000 8000' },
    patienceMs: 120_000,
  })
  const runner = yard.start()
  await yard.begun(runner)
  await pause(12_000)
  expect(runner.exitCode, await printed(yard, runner)).toBeNull()
  runner.kill('SIGTERM')
  await yard.ended(runner)
  await yard.finish()
  expect(await yard.verdict()).toEqual([])
  expect(yard.shipped()).toBeGreaterThan(5)
})

const printed = async (yard: Yard, child: ReturnType<Yard['start']>): Promise<string> =>
  child.exitCode === null ? '' : await yard.ended(child)
