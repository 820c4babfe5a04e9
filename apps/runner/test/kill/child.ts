import './fast-time.ts'
import { readConfig, createSecretSource } from '../../src/config/index.ts'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import { runForever } from '../../src/engine/runner.ts'
import { systemClock } from '@kontor/core/host'
import type { Clock } from '@kontor/core'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The runner in a process of its own, that ends itself with SIGKILL before or after its n-th commit.
 * `child.ts CONFIG [before|after|never N [MILLISECONDS [FILE]]]`: its clock is so much ahead; only commits that this source file makes count.
 * Prints `commits N` when it ends in order, and one line at each takeover that it loses.
 */
const [file = '', moment, count, ahead = '0', only] = process.argv.slice(2)
// `BY AFTER`: the clock of this machine jumps by so many milliseconds, so many after the start.
const [jumpBy = 0, jumpAfter = 0] = (process.env['KONTOR_TEST_CLOCK_JUMP'] ?? '').split(' ').map(Number)
const clock: Clock = {
  now: () => systemClock.now() + Number(ahead) + (performance.now() > jumpAfter ? jumpBy : 0),
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
}
const config = await readConfig(readFileSync(file, 'utf8'), file, {
  loadPlugin: createPluginLoader(),
  secrets: createSecretSource({ folder: dirname(file) }),
})
const store = await openConfiguredStore(config, clock)
let commits = 0
const commit = (point: 'before' | 'after'): void => {
  if (point === 'before') commits++
  if (point === moment && commits === Number(count)) process.kill(process.pid, 'SIGKILL')
}
if (only === undefined) store.observe = commit
else {
  const write = store.write.bind(store)
  store.write = async (work, locks) => {
    const counts = (new Error('where from').stack ?? '').includes(only)
    const result = await write(async (tx) => {
      const done = await work(tx)
      if (counts) commit('before')
      return done
    }, locks)
    if (counts) commit('after')
    return result
  }
}
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const quiet = () => undefined
try {
  await runForever({
    config,
    store,
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: (message) => process.stderr.write(`${message}\n`) },
    mask: quiet,
    signal: stop.signal,
    started: () => process.stdout.write('started\n'),
  })
} catch (thrown) {
  process.stdout.write(`${thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)}\n`)
  process.exitCode = 3
} finally {
  process.stdout.write(`commits ${commits}\n`)
  await store.close()
}
