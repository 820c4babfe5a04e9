import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '@kontor/core'
import type { Dialect } from './dialect.ts'
import type { Sealer } from './seal.ts'
import type { Tables } from './schema.ts'

/** A transaction, or the database itself for reading. */
export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

export interface StoreParts {
  db: Db
  dialect: Dialect
  sealer: Sealer
  clock: Clock
  place: string
}

/** How often a transaction is tried again that the database gave up in favour of another. */
const attempts = 6

/** The store: our own tables, which carry the truth. What is done with them lies in the files beside, one purpose each. */
export class Store {
  readonly db: Db
  readonly dialect: Dialect
  readonly sealer: Sealer
  readonly clock: Clock
  /** For messages: the path of the file, or the database without its password. */
  readonly place: string
  /** Told before and after every commit; fault tests end the process there. */
  observe: ((point: 'before' | 'after') => void) | undefined

  constructor({ db, dialect, sealer, clock, place }: StoreParts) {
    this.db = db
    this.dialect = dialect
    this.sealer = sealer
    this.clock = clock
    this.place = place
  }

  /**
   * One transaction that writes. `locks` name what no other process may be at meanwhile; an embedded store has one lock for all.
   * May run `work` again where the database gave this transaction up in favour of another.
   */
  async write<T>(work: (tx: Tx) => Promise<T>, locks: readonly string[] = []): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      // Where the database has already undone the transaction, undoing it again fails too and would hide why.
      let reason: unknown
      try {
        const result = await this.db.transaction().execute(async (tx) => {
          try {
            await this.dialect.lock(tx, locks)
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
        const why = reason ?? thrown
        if (attempt >= attempts || !this.dialect.givenUp(why)) throw this.dialect.toError(why, this.place)
        await pause(attempt * 20 * Math.random())
      }
    }
  }

  /** One transaction that only reads, and sees the store as it was at its first statement, whatever others write meanwhile. */
  async snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.dialect.snapshot(this.db).execute(work)
    } catch (thrown) {
      throw this.dialect.toError(thrown, this.place)
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
