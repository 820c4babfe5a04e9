import { KontorError, type About, type Entity } from '@kontor/core'
import { findByNumber, loadRecord, recordKey, splitKey } from '../store/records.ts'
import { presentName } from '../store/rename.ts'
import type { Db } from '../store/store.ts'
import type { Engine } from './engine.ts'

export interface Match {
  connection: string
  entity: Entity
  id: string
}

/**
 * Finds what a record is about: by Kontor's key, by a link (an id the teller once gave us), by the id in the teller's own system, by number among
 * the connections whose orders are delivered to the teller. One hit is a match, none means wait, two are refused.
 */
export async function matchAbout(engine: Engine, db: Db, teller: string, about: About): Promise<Match | undefined> {
  const entity: Entity = about.entity
  const key =
    about.key ??
    (about.number && engine.offices.has(await presentName(db, splitKey(about.number)?.connection ?? ''))
      ? about.number
      : undefined)
  if (key !== undefined) {
    const parts = splitKey(key)
    const found = parts && (await loadRecord(db, await presentName(db, parts.connection), entity, parts.id))
    return found && { connection: found.connection, entity, id: found.id }
  }
  if (about.id !== undefined) {
    const link = await db
      .selectFrom('links')
      .select(['source', 'id'])
      .where('destination', '=', teller)
      .where('entity', '=', entity)
      .where('reference', '=', about.id)
      .executeTakeFirst()
    if (link) return { connection: link.source, entity, id: link.id }
    const own = await loadRecord(db, teller, entity, about.id)
    if (own) return { connection: teller, entity, id: own.id }
  }
  const number = about.number ?? about.id
  if (number === undefined) return undefined
  const hits = await findByNumber(db, entity, number, suppliers(engine, teller, entity))
  if (hits.length > 1)
    throw new KontorError('ORDER_AMBIGUOUS', {
      message: `Number ${JSON.stringify(number)} belongs to ${hits.map((hit) => recordKey(hit.connection, hit.id)).join(' and ')}. Give one of these keys instead of the number.`,
      path: 'about.number',
    })
  return hits[0] && { ...hits[0], entity }
}

/** Connections whose orders (or returns) reach the teller; all, where no flow says so. */
function suppliers(engine: Engine, teller: string, entity: Entity): string[] | undefined {
  const names = engine.flows
    .filter((flow) => flow.entity === entity && flow.to !== 'origin' && flow.to.includes(teller))
    .flatMap((flow) => flow.from)
  return names.length > 0 ? [...new Set(names), teller] : undefined
}
