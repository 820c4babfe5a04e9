import { isKontorError } from '@kontor/core'
import type { WebhookSettings } from '../config/index.ts'
import { pruneRuns } from '../store/runs.ts'
import { checkAccounts } from './check-accounts.ts'
import type { Engine } from './engine.ts'
import { warnOfLateOrders } from './late.ts'
import { noteOpen } from './notices.ts'
import { applyRetention } from './retention.ts'
import { webhookUrl } from './webhooks.ts'

const recheckMs = 15 * 60_000
const roundsBetween = 24
const keepRuns = 20_000

/** What a runner does beside its jobs, until the signal: every quarter of an hour it looks whether what stood still works again; every six hours it tidies up. */
export async function maintain(engine: Engine, stop: AbortSignal, webhooks?: WebhookSettings): Promise<void> {
  const told = new Set<string>()
  for (let round = 0; !stop.aborted; round++) {
    await unlessAway(async () => {
      if (round % roundsBetween === 0) {
        // At the start every account has just been checked.
        if (round > 0) await checkAccounts(engine, ({ name }) => !engine.paused.has(name))
        await ensureAll(engine, stop, webhooks, told)
        await pruneRuns(engine.store, keepRuns)
        await applyRetention(engine, stop)
      }
      await warnOfLateOrders(engine)
      await noteOpen(engine)
    })
    await engine.clock.sleep(recheckMs, stop).catch(() => undefined)
    if (stop.aborted) return
    // A token may have been renewed, a system may be back. What the config stops goes on with another config.
    await unlessAway(
      async () =>
        void (await checkAccounts(
          engine,
          ({ name }) => engine.paused.has(name) && engine.paused.get(name)?.key?.endsWith('.paused') !== true,
        )),
    )
  }
}

/** What is done from time to time is done the next time where the store is away; the scheduler says that it is. */
async function unlessAway(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.failureType !== 'transient') throw thrown
  }
}

/** `told`: what was said already; the same is not said again every six hours. */
async function ensureAll(
  engine: Engine,
  signal: AbortSignal,
  webhooks: WebhookSettings | undefined,
  told: Set<string>,
): Promise<void> {
  for (const office of engine.offices.values()) {
    if (engine.paused.has(office.name) || !office.parts.ensure) continue
    const problems = await office.parts
      .ensure({ signal, ...(webhooks ? { webhookUrl: webhookUrl(webhooks, office.name) } : {}) })
      .catch((thrown: unknown) => [
        { level: 'warning' as const, message: thrown instanceof Error ? thrown.message : String(thrown) },
      ])
    for (const { level, message } of problems) {
      if (told.has(`${office.name} ${message}`)) continue
      told.add(`${office.name} ${message}`)
      engine.log[level === 'error' ? 'error' : 'warn'](message, { connection: office.name })
    }
  }
}
