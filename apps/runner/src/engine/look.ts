import type { Entity, Ref } from '@kontor/core'
import { acquireLease, releaseLease } from '../store/leases.ts'
import { dueLooks, postponeLooks } from '../store/looks.ts'
import { backoff } from '../store/settle.ts'
import { applyIntake } from './intake.ts'
import type { Engine } from './engine.ts'
import { releaseStates } from './guard.ts'
import { readerSpecs, type Office } from './office.ts'
import { recordedRun, type RunResult } from './run.ts'
import { retryUnmatched } from './unmatched.ts'

const batch = 50
const part = 'ids'

/** Reads by id what is on the list of ids to look at: hints of webhooks, unfinished orders, references nobody knew. */
export async function look(engine: Engine, office: Office, signal: AbortSignal): Promise<RunResult | undefined> {
  const lease = await acquireLease(engine.store, `look:${office.name}`, engine.owner, engine.ttlMs)
  if (!lease) return undefined
  try {
    return await recordedRun(engine, { kind: 'look', connection: office.name, part }, async (run, counts) => {
      for (const [name, spec] of readerSpecs(office)) {
        const fetch = office.parts.readers[name]?.fetch?.bind(office.parts.readers[name])
        if (!fetch) continue
        for (
          let some = await dueLooks(engine.store, office.name, spec.yields as readonly Entity[], batch);
          some.length > 0;
          some = await dueLooks(engine.store, office.name, spec.yields as readonly Entity[], batch)
        ) {
          signal.throwIfAborted()
          const refs: Ref[] = some.map(({ entity, id, numbers }) => ({ entity, id, ...(numbers ? { numbers } : {}) }))
          const by = some[0]?.askedBy ?? 'live'
          const askedAt = engine.clock.now()
          try {
            const merged = { records: [] as never[], rejected: [] as never[], look: [] as never[] }
            for await (const intake of fetch(refs, signal)) {
              merged.records.push(...(intake.records as never[]))
              merged.rejected.push(...((intake.rejected ?? []) as never[]))
              merged.look.push(...((intake.look ?? []) as never[]))
            }
            const applied = await applyIntake(
              engine,
              {
                connection: office.name,
                reader: name,
                run,
                askedAt,
                backfill: by !== 'live',
                deliver: by === 'backfill',
                asked: some,
              },
              merged,
            )
            counts.read += applied.read
            counts.changed += applied.changed
            counts.rejected += applied.rejected
            if (applied.newOrders) await retryUnmatched(engine, run)
          } catch (thrown) {
            await postponeLooks(
              engine.store,
              office.name,
              some,
              engine.clock.now() + backoff(Math.max(...some.map((each) => each.tries)) + 1),
            )
            throw thrown
          }
        }
      }
      await releaseStates(engine, run, part, office)
    })
  } finally {
    await releaseLease(engine.store, lease)
  }
}
