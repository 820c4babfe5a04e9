import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '@kontor/core'
import { systemClock } from '@kontor/core/host'
import { endAnyway } from '../../src/cli/end-anyway.ts'
import { watchForHoldUps } from '../../src/cli/hold-up/watch.ts'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { createSecretSource, readConfig } from '../../src/config/index.ts'
import { runForever } from '../../src/engine/runner.ts'

/** `kontor run` with less patience: `rogue-child.ts CONFIG`. Prints `started`, and its log on standard error. */
const [file = ''] = process.argv.slice(2)
const quiet = (): void => undefined
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: (message) => process.stderr.write(`${message}\n`) }
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const config = await readConfig(readFileSync(file, 'utf8'), file, {
  loadPlugin: createPluginLoader(),
  secrets: createSecretSource({ folder: dirname(file) }),
})
await using _ = await watchForHoldUps(config, 5, 2000)
await runForever({
  config,
  clock: systemClock,
  log,
  mask: quiet,
  signal: stop.signal,
  bounds: { silentMs: 1000, fruitlessMs: 3000, calls: 300, graceMs: 500 },
  started: () => process.stdout.write('started\n'),
})
endAnyway(log)
