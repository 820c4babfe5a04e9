import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { ChildOrders } from './orders.ts'

const EndSchema = z.object({ points: z.array(z.string()) })

export interface ChildEnd {
  /** It died by SIGKILL. */
  readonly killed: boolean
  /** The points it passed; of one that was killed, none are known. */
  readonly points: readonly string[]
}

/** Beside this file, in the sources and in what was built from them. */
const fromSource = import.meta.url.endsWith('.ts')
const script = fileURLToPath(new URL(fromSource ? './child.ts' : './child.js', import.meta.url))
const LONGEST_MS = 60_000

/**
 * The life of one real process, by the rules of the small host. `killAfterMs` ends it from outside.
 * @throws what it wrote to stderr, when it ended in any other way than well or by SIGKILL
 */
export async function runChild(orders: ChildOrders, killAfterMs?: number): Promise<ChildEnd> {
  const child = spawn(process.execPath, [...(fromSource ? ['--conditions=@kontor/source'] : []), script], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const outputs = Promise.all([text(child.stdout), text(child.stderr)])
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(orders))
  const stop = new AbortController()
  for (const ms of [killAfterMs, LONGEST_MS])
    if (ms !== undefined)
      void pause(ms, undefined, { signal: stop.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      )
  await ended
  stop.abort()
  const [output, failure] = await outputs
  if (child.signalCode === 'SIGKILL') return { killed: true, points: [] }
  if (child.exitCode !== 0)
    throw new Error(`the process of the plugin ended with ${child.exitCode}: ${failure.slice(-2_000)}`)
  return { killed: false, points: EndSchema.parse(JSON.parse(output.trim().split('\n').at(-1) ?? '')).points }
}
