import { windowSeconds } from '../test/sharing/sharing-plugin.ts'
import { startSharedSystem, useTogether } from '../test/sharing/sharing-system.ts'
import { startBenchServer } from './bench-server.ts'

/**
 * How much of a rate limit 1, 2 and 4 processes use that share an account through PostgreSQL (goal: at least 0.95 of it, none refused in steady
 * state). Counted at the
 * system, after the first window.
 *
 * `node limits.bench.ts [requests a second]`
 */
const perSecond = Number(process.argv[2] ?? 40)
const lastsMs = 30_000

await using server = await startBenchServer()
console.log(
  `limit of ${perSecond * windowSeconds} in any ${windowSeconds} s   achieved ÷ allowed   refused   of these after two windows`,
)
for (const processes of [1, 2, 4]) {
  await using system = await startSharedSystem({ perSecond, lifeMs: 3_600_000 })
  const storeUrl = await server.database(`limit${processes}`)
  await useTogether(processes, { storeUrl, origin: system.origin, perSecond, lastsMs })
  console.log(
    `  ${`${processes} process${processes === 1 ? '' : 'es'}`.padEnd(24)} ${system.share().toFixed(3).padStart(18)} ${String(system.refused).padStart(9)} ${String(system.refusedLater).padStart(25)}`,
  )
}
