import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '@kontor/core/host'
import { createPluginLoader } from '../src/cli/installed.ts'
import { createSecretSource, readConfig } from '../src/config/index.ts'
import { runOnce } from '../src/engine/runner.ts'
import { heard } from './sink-plugin.ts'

/**
 * Delivers everything that is due, in a process of its own: `drain-child.ts CONFIG [DELIVERIES IN ALL]`. Prints `first` with the first delivery and, at the
 * end, seconds and memory (MB): in use when a tenth was delivered, in use at the end, and the most there was. SIGTERM ends it in order.
 */
const [file = '', count = '0'] = process.argv.slice(2)
const inUse = (): number => process.memoryUsage.rss() / 1_048_576
let early = 0
heard.taken = (taken) => {
  if (taken === 1) process.stdout.write('first\n')
  if (taken === Math.ceil(Number(count) / 10)) early = inUse()
}
const config = await readConfig(readFileSync(file, 'utf8'), file, {
  loadPlugin: createPluginLoader(),
  secrets: createSecretSource({ folder: dirname(file) }),
})
const quiet = () => undefined
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const from = performance.now()
const report = await runOnce({
  config,
  clock: systemClock,
  log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
  mask: quiet,
  signal: stop.signal,
})
if (report.failures[0] && !stop.signal.aborted) throw report.failures[0]
const seconds = (performance.now() - from) / 1000
const memory = process.resourceUsage().maxRSS / 1024
process.stdout.write(`${JSON.stringify({ seconds, early, late: inUse(), memory })}\n`)
