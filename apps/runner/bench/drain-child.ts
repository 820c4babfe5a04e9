import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '@kontor/core/host'
import { createPluginLoader } from '../src/cli/installed.ts'
import { createSecretSource, readConfig } from '../src/config/index.ts'
import { runOnce } from '../src/engine/runner.ts'
import { heard } from './sink-plugin.ts'

/** Delivers everything that is due, in a process of its own. Prints `first` with the first delivery and, at the end seconds and largest memory (MB). */
const [file = ''] = process.argv.slice(2)
const config = await readConfig(readFileSync(file, 'utf8'), file, {
  loadPlugin: createPluginLoader(),
  secrets: createSecretSource({ folder: dirname(file) }),
})
const quiet = () => undefined
heard.first = () => void process.stdout.write('first\n')
const from = performance.now()
const report = await runOnce({
  config,
  clock: systemClock,
  log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
  mask: quiet,
  signal: new AbortController().signal,
})
if (report.failures[0]) throw report.failures[0]
process.stdout.write(
  `${JSON.stringify({ seconds: (performance.now() - from) / 1000, memory: process.resourceUsage().maxRSS / 1024 })}\n`,
)
