import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { beginDrain } from './drain-process.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * Seconds from the start of a process to its first delivery: after the former one was ended by kill -9 in the middle of its work, and after one that ended
 * in order, by turns (goal: at most 1.3 times).
 *
 * `node recovery.bench.ts [pairs]`
 */
const pairs = Number(process.argv[2] ?? 7)
const { folder, file } = configFor()
const store = await openFilled(folder)
await fill(store, 20_000)
await store.close()

async function firstDelivery(end: 'SIGKILL' | 'SIGTERM'): Promise<number> {
  const from = performance.now()
  const child = beginDrain(file)
  await once(child.stdout, 'data')
  const seconds = (performance.now() - from) / 1000
  const ended = once(child, 'exit')
  child.kill(end)
  await ended
  return seconds
}
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0

const [cold, recovered]: [number[], number[]] = [[], []]
await firstDelivery('SIGTERM')
for (let pair = 0; pair < pairs; pair++) {
  cold.push(await firstDelivery('SIGKILL'))
  recovered.push(await firstDelivery('SIGTERM'))
}
console.log(
  `first delivery after ${median(cold).toFixed(2)} s from cold, ${median(recovered).toFixed(2)} s after kill -9: ${(median(recovered) / median(cold)).toFixed(2)} times (goal ≤ 1.3; medians of ${pairs})`,
)
rmSync(folder, { recursive: true, force: true })
