import { url as debugged } from 'node:inspector'
import { hostname } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Config, StoreAddress } from '../../config/index.ts'

/** What the watching thread is told. */
export interface HoldUp {
  /** Counted up by the thread that is watched. */
  beats: Int32Array
  everyMs: number
  /** It is ended after so long without a beat. */
  afterMs: number
  exitCode: number
  host: string
  pid: number
  store: StoreAddress
}

const beatMs = 1000
/** The lease of a process that stands still ends after ten seconds; by then others may have taken over. This is for the one that has no others. */
const usualHoldUpMs = 60_000

/**
 * Ends this process when code of a plugin does not let anything else run: nobody else here could, and as long as it stands another start is refused. A
 * thread of its own counts; a machine that sleeps or a process that is stopped stops the count as well. Not while somebody debugs.
 */
export async function watchForHoldUps(
  config: Config,
  exitCode: number,
  afterMs: number = usualHoldUpMs,
): Promise<AsyncDisposable> {
  if (debugged() !== undefined) return { [Symbol.asyncDispose]: async () => undefined }
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const beat = setInterval(() => Atomics.add(beats, 0, 1), Math.min(beatMs, afterMs / 4)).unref()
  const workerData: HoldUp = {
    beats,
    everyMs: Math.min(beatMs, afterMs / 4),
    afterMs,
    exitCode,
    host: hostname(),
    pid: process.pid,
    store: await config.store(),
  }
  const thread = new Worker(new URL(`./thread${extname(import.meta.filename)}`, import.meta.url), { workerData })
  thread.unref()
  // Without it everything works but this.
  thread.on('error', () => undefined)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beat)
      await thread.terminate()
    },
  }
}
