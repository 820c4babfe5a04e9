import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { SaidSchema, type ChildOrders } from './orders.ts'

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

export interface ChildSettings {
  readonly orders: ChildOrders
  /** Ends it by SIGKILL from outside, so long after its work began. */
  readonly killAfterMs?: number | undefined
  /** Lets the system's time go on while the child has nothing to do. */
  readonly advance: (ms: number) => Promise<void>
}

/**
 * The life of one real process, by the rules of the small host.
 * @throws what it wrote to stderr, when it ended in any other way than well or by SIGKILL
 */
export async function runChild({ orders, killAfterMs, advance }: ChildSettings): Promise<ChildEnd> {
  const child = spawn(process.execPath, [...(fromSource ? ['--conditions=@kontor/source'] : []), script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Most of what such a short life costs is compiling the same modules once more; this is where Node keeps them by itself.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env },
  })
  const timers = [setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)]
  const ended = once(child, 'close')
  const failure = text(child.stderr)
  let readyAt: number | undefined
  let points: readonly string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = SaidSchema.parse(JSON.parse(line))
    if ('points' in said) points = said.points
    else if ('restMs' in said) void advance(said.restMs).then(() => child.stdin.write('\n'))
    else {
      readyAt = performance.now()
      if (killAfterMs !== undefined) timers.push(setTimeout(() => child.kill('SIGKILL'), killAfterMs))
    }
  })
  // Who was killed hears nothing any more.
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(orders)}\n`)
  await ended
  timers.forEach(clearTimeout)
  const workMs = readyAt === undefined ? 0 : performance.now() - readyAt
  if (child.signalCode === 'SIGKILL') return { killed: true, points: [], workMs }
  if (child.exitCode !== 0)
    throw new Error(`the process of the plugin ended with ${child.exitCode}: ${(await failure).slice(-2_000)}`)
  return { killed: false, points, workMs }
}
