import { rmSync } from 'node:fs'
import { drain } from './drain-process.ts'
import { configFor, fill, openFilled } from './filled-store.ts'

/**
 * A long queue of an embedded store, drained by one process: deliveries a second, and the memory in use at the end ÷ when a tenth was delivered (goal: flat).
 *
 * `node drain.bench.ts [deliveries]`
 */
const many = Number(process.argv[2] ?? 1_000_000)

console.log('drained      per second   MB at a tenth   at the end   ratio   most')
for (const count of [many / 100, many / 10, many]) {
  const { folder, file } = configFor()
  const store = await openFilled(folder)
  await fill(store, count)
  await store.close()
  const { seconds, early, late, memory } = await drain(file, count)
  console.log(
    [
      String(count).padEnd(12),
      (count / seconds).toFixed(0).padStart(10),
      early.toFixed(0).padStart(15),
      late.toFixed(0).padStart(12),
      (late / early).toFixed(2).padStart(7),
      memory.toFixed(0).padStart(6),
    ].join(' '),
  )
  rmSync(folder, { recursive: true, force: true })
}
