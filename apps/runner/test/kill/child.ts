import { readConfig, createSecretSource } from '../../src/config/index.ts'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { openConfiguredStore } from '../../src/engine/open-engine.ts'
import { runForever } from '../../src/engine/runner.ts'
import { systemClock } from '@kontor/core/host'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The runner in a process of its own, that ends itself with SIGKILL before or after its n-th commit.
 * `child.ts CONFIG [before|after N]`; prints `commits N` when it ends in order, and one line at each takeover that it loses.
 */
const [file = '', moment, count] = process.argv.slice(2)
const config = await readConfig(readFileSync(file, 'utf8'), file, {
  loadPlugin: createPluginLoader(),
  secrets: createSecretSource({ folder: dirname(file) }),
})
const store = await openConfiguredStore(config, systemClock)
let commits = 0
store.observe = (point) => {
  if (point === 'before') commits++
  if (point === moment && commits === Number(count)) process.kill(process.pid, 'SIGKILL')
}
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const quiet = () => undefined
try {
  await runForever({
    config,
    store,
    clock: systemClock,
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
