import pg from 'pg'
import { installedPostgres, startPostgres } from '../test/postgres.ts'

/** A real PostgreSQL of its own, which flushes what it commits, for as long as a bench runs. */
export interface BenchServer extends AsyncDisposable {
  /** Makes a database; answers its URL. */
  database: (name: string) => Promise<string>
}

export async function startBenchServer(): Promise<BenchServer> {
  const bin = installedPostgres()
  if (bin === undefined) throw new Error('PostgreSQL is not installed')
  const server = await startPostgres(bin, { durable: true })
  return {
    async database(name) {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return server.url.replace(/\/postgres$/, `/${name}`)
    },
    async [Symbol.asyncDispose]() {
      server.end()
    },
  }
}
