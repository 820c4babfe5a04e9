import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'

const Drained = z.object({
  seconds: z.number(),
  /** MB in use when a tenth was delivered, and at the end. */
  early: z.number(),
  late: z.number(),
  /** Largest memory, MB. */
  memory: z.number(),
})

/** Begins to deliver everything that is due by a config, in a process of its own. */
export const beginDrain = (file: string, count = 0): ChildProcess & { stdout: NodeJS.ReadableStream } => {
  const command = ['--conditions=@kontor/source', join(import.meta.dirname, 'drain-child.ts'), file, String(count)]
  return spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Delivers everything. `count`: how much that is in all. */
export async function drain(file: string, count = 0): Promise<z.infer<typeof Drained>> {
  const child = beginDrain(file, count)
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  await once(child, 'close')
  return Drained.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''))
}
