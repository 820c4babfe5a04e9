import type { Journal } from '@kontor/core/host'
import { noteBegun } from '../store/claims.ts'
import type { Engine } from './engine.ts'

/**
 * Notes *begun* in the store for the attempts of this process, in a transaction that fails where another runner has taken one over.
 * A key that is not under way here was never claimed: its call is refused.
 */
export const storeJournal = (engine: Pick<Engine, 'store' | 'owner' | 'claims'>): Journal => ({
  async begin(keys) {
    await noteBegun(
      engine.store,
      keys.map((key) => ({ key, fence: engine.claims.get(key) ?? -1, owner: engine.owner })),
    )
  },
})
