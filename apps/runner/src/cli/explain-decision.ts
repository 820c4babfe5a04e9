import { awaitsAcceptance, preordersToConfirm } from '@kontor/core'
import type { Config } from '../config/index.ts'
import { operatorSource, opinionsOf, ruleSource } from '../engine/rules.ts'
import { listDeliveries } from '../store/queries.ts'
import { recordKey } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { StoredOrder } from './commands/orders-view.ts'

/** Of an order that waits: who decides about it, and why nobody has yet. `undefined` where nothing waits. */
export async function explainDecision(
  config: Pick<Config, 'decide' | 'flows'>,
  store: Store,
  { connection, id, record }: StoredOrder,
): Promise<string | undefined> {
  if (!awaitsAcceptance(record) && preordersToConfirm(record).length === 0) return undefined
  const key = recordKey(connection, id)
  const decided = await listDeliveries(store, { entity: 'decisions', lane: key, limit: 1000 })
  if (decided.some(({ record: name }) => !name.startsWith(`${ruleSource}/`)))
    return decided.some(({ record: name }) => name.startsWith(`${operatorSource}/`))
      ? 'decided by a person; see its deliveries'
      : 'decided by a flow; see its deliveries'
  const opinions = await opinionsOf(config, store.db, { connection, id, order: record })
  const command = `decide with "kontor decide ${key}"`
  if (opinions.length === 0)
    return `nobody has decided about it yet; ${command}, or state decide.${connection} in the config`
  return opinions
    .map(({ judged: { decision, why }, preorder }) =>
      decision === undefined
        ? `left to a person (${why}); ${command}`
        : `decide.${connection} says ${preorder ? 'confirm_preorder' : decision}: ${why}`,
    )
    .join('. ')
}
