import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult, TransactionSettings } from 'kysely'
import type { KontorError } from '@kontor/core'

type Translate = (thrown: unknown) => KontorError

/**
 * Whatever a statement fails with speaks our language: reading and writing alike, in a transaction or not. Only what is no trouble of the store itself
 * (a broken constraint, a transaction that was given up in favour of another) stays as the driver says it.
 */
export const speaking = (dialect: Dialect, translate: Translate): Dialect => ({
  createAdapter: () => dialect.createAdapter(),
  createIntrospector: (db) => dialect.createIntrospector(db),
  createQueryCompiler: () => dialect.createQueryCompiler(),
  createDriver: () => new SpeakingDriver(dialect.createDriver(), translate),
})

class SpeakingDriver implements Driver {
  readonly #driver: Driver
  readonly #translate: Translate
  readonly #inner = new WeakMap<DatabaseConnection, DatabaseConnection>()

  constructor(driver: Driver, translate: Translate) {
    this.#driver = driver
    this.#translate = translate
  }

  async #say<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      const error = this.#translate(thrown)
      throw error.code === 'INTERNAL' ? thrown : error
    }
  }

  #of(connection: DatabaseConnection): DatabaseConnection {
    return this.#inner.get(connection) ?? connection
  }

  init(): Promise<void> {
    return this.#say(async () => await this.#driver.init())
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return this.#say(async () => {
      const inner = await this.#driver.acquireConnection()
      const connection: DatabaseConnection = {
        executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> =>
          this.#say(async () => await inner.executeQuery<R>(query)),
        streamQuery: (query, size) => inner.streamQuery(query, size),
      }
      this.#inner.set(connection, inner)
      return connection
    })
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#say(async () => await this.#driver.beginTransaction(this.#of(connection), settings))
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#say(async () => await this.#driver.commitTransaction(this.#of(connection)))
  }

  /** A database that has no room left undoes a transaction by itself. That there is none to undo any more must not hide why. */
  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#say(async () => {
      try {
        await this.#driver.rollbackTransaction(this.#of(connection))
      } catch (thrown) {
        if (!(thrown instanceof Error && thrown.message.includes('no transaction is active'))) throw thrown
      }
    })
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await this.#driver.releaseConnection(this.#of(connection))
  }

  async destroy(): Promise<void> {
    await this.#driver.destroy()
  }
}
