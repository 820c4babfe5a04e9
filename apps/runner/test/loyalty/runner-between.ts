import { readFileSync } from 'node:fs'
import type { KontorError } from '@kontor/core'
import { createClock } from '@kontor/testkit/simulator'
import { createPluginLoader } from '../../src/cli/installed.ts'
import { createSecretSource, readConfig, type Config } from '../../src/config/index.ts'
import { explainPoints, type LoyaltyPlan } from '../../src/engine/ledger-facts.ts'
import { openConfiguredStore, type EngineOptions } from '../../src/engine/open-engine.ts'
import { runOnce } from '../../src/engine/runner.ts'
import type { Explanation } from '../../src/loyalty/explanation.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import type { Store } from '../../src/store/store.ts'
import { openTwoSystems, type TwoSystems, type TwoSystemsSettings } from './two-systems.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const doubtMs = 6 * 60_000

export interface RunnerBetween extends AsyncDisposable {
  systems: TwoSystems
  options: EngineOptions & { signal: AbortSignal }
  /** Runs everything once; answers what failed. */
  run: () => Promise<readonly KontorError[]>
  /** Runs until nothing is on its way; what is in doubt takes some minutes of the clock's time. */
  settle: () => Promise<void>
  look: <T>(work: (store: Store, plan: LoyaltyPlan) => Promise<T>) => Promise<T>
  explain: (order: number) => Promise<Explanation>
}

/** The real runner with its real store, between both simulated systems over HTTP. `rate`: how many times as fast their time goes. */
export async function openRunnerBetween({
  rate = 1,
  ...settings
}: Omit<TwoSystemsSettings, 'clock'> & { rate?: number } = {}): Promise<RunnerBetween> {
  const clock = createClock({ rate })
  const systems = await openTwoSystems({ ...settings, clock })
  const config: Config = await readConfig(readFileSync(systems.file, 'utf8'), systems.file, {
    loadPlugin: createPluginLoader(),
    secrets: createSecretSource({ folder: systems.folder }),
  })
  const options = { config, clock, log: quiet, mask: () => undefined, signal: new AbortController().signal }
  const look: RunnerBetween['look'] = async (work) => {
    const store = await openConfiguredStore(config, clock)
    const [plan] = config.loyalty
    if (plan === undefined) throw new Error('there is no loyalty flow')
    try {
      return await work(store, plan)
    } finally {
      await store.close()
    }
  }
  const run = async (): Promise<readonly KontorError[]> => (await runOnce(options)).failures
  return {
    systems,
    options,
    run,
    look,
    async settle() {
      for (let round = 0; round < 8; round++) {
        await run()
        const open = await look((store) => listDeliveries(store, { state: 'open' }))
        if (open.every(({ state }) => state === 'parked')) return
        await clock.advance(doubtMs)
      }
      throw new Error('the ledger does not come to rest')
    },
    explain: (order) =>
      look(async (store, plan) => {
        const found = await explainPoints(store.db, plan, `shop/${order}`, clock.now())
        if (found === undefined) throw new Error(`order ${order} is not known`)
        return found
      }),
    [Symbol.asyncDispose]: () => systems[Symbol.asyncDispose](),
  }
}
