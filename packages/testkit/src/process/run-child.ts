import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { READY, type ChildOrders } from './orders.ts'

const EndSchema = z.object({ points: z.array(z.string()) })

export interface ChildEnd {
  /** It died by SIGKILL. */
  readonly killed: boolean
  /** The points it passed; of one that was killed, none are known. */
  readonly points: readonly string[]
  /** Real milliseconds from the beginning of its work, the plugin connected, to its end. */
  readonly workMs: number
}

/** Beside this file, in the sources and in what was built from them. */
const fromSource = import.meta.url.endsWith('.ts')
const script = fileURLToPath(new URL(fromSource ? './child.ts' : './child.js', import.meta.url))
const LONGEST_MS = 60_000

/**
 * The life of one real process, by the rules of the small host. `killAfterMs` ends it from outside, so long after its work began.
 * @throws what it wrote to stderr, when it ended in any other way than well or by SIGKILL
 */
export async function runChild(orders: ChildOrders, killAfterMs?: number): Promise<ChildEnd> {
  const child = spawn(process.execPath, [...(fromSource ? ['--conditions=@kontor/source'] : []), script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Most of what such a short life costs is compiling the same modules once more; this is where Node keeps them by itself.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env },
  })
  const timers = [setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)]
  const ended = once(child, 'close')
  const failure = text(child.stderr)
  let output = ''
  let readyAt: number | undefined
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece
    if (readyAt !== undefined || !output.includes(READY)) return
    readyAt = performance.now()
    if (killAfterMs !== undefined) timers.push(setTimeout(() => child.kill('SIGKILL'), killAfterMs))
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(orders))
  await ended
  timers.forEach(clearTimeout)
  const workMs = readyAt === undefined ? 0 : performance.now() - readyAt
  if (child.signalCode === 'SIGKILL') return { killed: true, points: [], workMs }
  if (child.exitCode !== 0)
    throw new Error(`the process of the plugin ended with ${child.exitCode}: ${(await failure).slice(-2_000)}`)
  return { killed: false, points: EndSchema.parse(JSON.parse(output.trim().split('\n').at(-1) ?? '')).points, workMs }
}
