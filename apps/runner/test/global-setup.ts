import type { TestProject } from 'vitest/node'
import { installedPostgres, startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a real PostgreSQL server of this test run, with a database `postgres`; empty where none is installed. */
    postgresUrl: string
  }
}

/** A real PostgreSQL on loopback, in a folder of its own, as a user that is not root. */
export default async function setup(project: TestProject): Promise<(() => void) | void> {
  const bin = installedPostgres()
  if (bin === undefined) {
    if (process.env['CI'])
      throw new Error(
        'PostgreSQL is not installed, and in CI its tests are not skipped. Install the package "postgresql".',
      )
    project.provide('postgresUrl', '')
    return
  }
  const server = await startPostgres(bin)
  project.provide('postgresUrl', server.url)
  return () => server.end()
}
