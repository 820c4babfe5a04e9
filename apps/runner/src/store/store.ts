import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '@kontor/core'
import { storeError } from './open.ts'
import type { Sealer } from './seal.ts'
import type { Tables } from './schema.ts'

/** A transaction, or the database itself for reading. */
export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

/** The store: our own tables, which carry the truth. What is done with them lies in the files beside, one purpose each. */
export class Store {
  readonly db: Db
  readonly sealer: Sealer
  readonly clock: Clock
  readonly path: string
  /** Told before and after every commit; fault tests end the process there. */
  observe: ((point: 'before' | 'after') => void) | undefined

  constructor(db: Db, sealer: Sealer, clock: Clock, path: string) {
    this.db = db
    this.sealer = sealer
    this.clock = clock
    this.path = path
  }

  /** One transaction that writes. It takes the writer's lock with its first statement, so that it never has to give up half way. */
  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    // Where the database has already undone the transaction, undoing it again fails too and would hide why.
    let reason: unknown
    try {
      const result = await this.db.transaction().execute(async (tx) => {
        try {
          await tx.updateTable('meta').set({ value: '' }).where('key', '=', 'lock').execute()
          return await work(tx)
        } catch (thrown) {
          reason = thrown
          throw thrown
        } finally {
          this.observe?.('before')
        }
      })
      this.observe?.('after')
      return result
    } catch (thrown) {
      throw storeError(reason ?? thrown, this.path)
    }
  }

  async close(): Promise<void> {
    await this.db.destroy()
  }
}

/** Databases bound the number of parameters of a statement; long lists go in pieces. */
export function chunks<T>(list: readonly T[], size = 400): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < list.length; start += size) pieces.push(list.slice(start, start + size))
  return pieces
}
