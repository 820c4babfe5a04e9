import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Files, type CheckResult, type Mode, type Plugin, type Reader, type Writer } from '@kontor/core'
import { connect, createProcessScope, override, type Buckets, type Journal } from '@kontor/core/host'
import type { Connection } from '../suite/scenarios.ts'
import type { SimulatorClock } from '../simulator/index.ts'
import { createPluginClock, type PluginClock } from './plugin-clock.ts'
import { createRecordingLog, type RecordingLog } from './recording-log.ts'
import { sampleFiles } from './sample-files.ts'
import { createWireTap, type WireHooks, type WireTap } from './wire-tap.ts'

export interface OpenSettings {
  readonly plugin: Plugin
  readonly connection: Connection
  readonly systemClock: SimulatorClock
  /** What all processes of one deployment share. */
  readonly buckets: Buckets
  /** How wrong the plugin's clock is. */
  readonly skewMs?: number
  readonly mode?: Mode
  readonly journal?: Journal
  readonly hooks?: WireHooks
}

/** A plugin that is connected as the runner would connect it, with everything it touches in view. */
export interface OpenConnection {
  readonly readers: Readonly<Record<string, Reader>>
  readonly writers: Readonly<Record<string, Writer>>
  check(signal?: AbortSignal): Promise<CheckResult>
  readonly clock: PluginClock
  readonly tap: WireTap
  readonly log: RecordingLog
  readonly begun: readonly { keys: readonly string[]; method: string; url: string }[]
  /** Disposes of the plugin and everything it was given. */
  close(): Promise<void>
  /** The process has died: nothing is disposed of, nothing wakes up. */
  die(): void
}

export async function openConnection(settings: OpenSettings): Promise<OpenConnection> {
  const { plugin, connection, systemClock, skewMs, journal, hooks, mode } = settings
  const clock = createPluginClock(systemClock, skewMs)
  const tap = createWireTap(hooks)
  const log = createRecordingLog()
  const begun: { keys: readonly string[]; method: string; url: string }[] = []
  const connected = await connect(plugin, {
    host: createProcessScope(),
    buckets: settings.buckets,
    // Time jumps here; that is no paused process.
    freshMs: 86_400_000,
    random: () => 0.5,
    overrides: [override(Files, () => sampleFiles)],
    config: connection.config,
    credentials: connection.credentials,
    clock,
    log,
    fetch: tap.fetch,
    mode: mode ?? 'live',
    journal: {
      begin: async (keys, call) => {
        await journal?.begin(keys, call)
        begun.push({ keys, method: call.method, url: call.url })
      },
    },
  })
  return {
    readers: connected.readers,
    writers: connected.writers,
    check: async (signal = new AbortController().signal) => await connected.check(signal),
    clock,
    tap,
    log,
    begun,
    close: async () => await connected[Symbol.asyncDispose](),
    die: () => clock.die(),
  }
}

/** A folder that is empty at first and gone afterwards. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'kontor-conformance-'))
  return { path, remove: async () => await rm(path, { recursive: true, force: true }) }
}
