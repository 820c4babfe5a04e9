import { KontorError } from '@kontor/core'
import { listRunners } from '../store/runners.ts'
import type { Store } from '../store/store.ts'
import type { Flow } from './office.ts'

/**
 * Notes the first run of each flow, and parks what belongs to flows that are no longer in the config, with that reason.
 * A flow that comes back takes its deliveries up again.
 */
export async function settleFlows(store: Store, flows: readonly Flow[]): Promise<void> {
  const gone = JSON.stringify(
    new KontorError('CONFIG_INVALID', {
      message: 'The flow of this delivery is no longer in the config. Put it back, or skip the delivery.',
      key: 'flows',
      scope: 'record',
    }),
  )
  await store.write(async (tx) => {
    const now = store.clock.now()
    const ids = flows.map((flow) => flow.id)
    // Runners of one deployment may have different configs for a while; what another one still has is not gone.
    const others = (await listRunners(tx, now)).filter(({ alive }) => alive).flatMap(({ about }) => about.flows)
    for (const id of ids)
      await tx
        .insertInto('flows')
        .values({ id, first_run_at: now })
        .onConflict((clash) => clash.doNothing())
        .execute()
    await tx
      .updateTable('deliveries')
      .set({ state: 'parked', error: gone, updated_at: now })
      .where('state', 'in', ['held', 'pending', 'waiting'])
      .where('begun_at', 'is', null)
      .where('flow', 'not in', ['', ...ids, ...others])
      .execute()
    if (ids.length > 0)
      await tx
        .updateTable('deliveries')
        .set({ state: 'pending', error: null, due_at: now, updated_at: now })
        .where('state', '=', 'parked')
        .where('error', '=', gone)
        .where('flow', 'in', ids)
        .execute()
  })
}
