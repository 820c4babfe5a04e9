import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { beforeAll, describe, inject } from 'vitest'
import type { Clock } from '@kontor/core'
import { openServerStore, openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'

type DatabaseName = 'SQLite' | 'PostgreSQL'
const key = '0'.repeat(64)
let present: DatabaseName = 'SQLite'

/** Runs the same tests on every database. PostgreSQL is a real server; where none is installed it is skipped, in CI never. */
export function onEveryDatabase(tests: () => void): void {
  for (const name of ['SQLite', 'PostgreSQL'] as const)
    describe.skipIf(name === 'PostgreSQL' && inject('postgresUrl') === '')(`on ${name}`, () => {
      beforeAll(() => void (present = name))
      tests()
    })
}

/** A database of its own on the server, by name: opened again with the same name, it is the same. */
export async function serverUrl(name: string): Promise<string> {
  const url = inject('postgresUrl')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database "${name}"`).catch((thrown: unknown) => {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === '42P04')) throw thrown
  })
  await client.end()
  return url.replace(/\/postgres$/, `/${name}`)
}

/** The store of the present database; `folder` names it. */
export async function openTestStore(folder: string, clock: Clock): Promise<Store> {
  return present === 'SQLite'
    ? await openStore({ path: join(folder, 'kontor.db'), clock })
    : await openServerTestStore(folder, clock, key)
}

/** A store on the server, whatever database is present. */
export async function openServerTestStore(folder: string, clock: Clock, key: string): Promise<Store> {
  return await openServerStore({
    url: await serverUrl(`t${folder.replaceAll(/\W/g, '').slice(-40).toLowerCase()}`),
    clock,
    key,
    connections: 4,
  })
}

export const randomName = (): string => `t${randomBytes(8).toString('hex')}`
