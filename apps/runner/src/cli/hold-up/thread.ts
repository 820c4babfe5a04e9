import { workerData } from 'node:worker_threads'
import type { HoldUp } from './watch.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what watch.ts gives
const given = workerData as HoldUp

let seen = -1
let still = 0
const looking = setInterval(() => {
  const beats = Atomics.load(given.beats, 0)
  still = beats === seen ? still + 1 : 0
  seen = beats
  if (still * given.everyMs < given.afterMs) return
  clearInterval(looking)
  // Loaded now: as long as all goes well, this thread costs next to nothing.
  void import('./end-process.ts').then(({ endProcess }) => endProcess(given))
}, given.everyMs)
