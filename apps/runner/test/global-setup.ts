import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a real PostgreSQL server of this test run, with a database `postgres`; empty where none is installed. */
    postgresUrl: string
  }
}

/** A real PostgreSQL on loopback, in a folder of its own, as a user that is not root. */
export default async function setup(project: TestProject): Promise<(() => void) | void> {
  const bin = installed()
  if (bin === undefined) {
    if (process.env['CI'])
      throw new Error(
        'PostgreSQL is not installed, and in CI its tests are not skipped. Install the package "postgresql".',
      )
    project.provide('postgresUrl', '')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'kontor-postgres-'))
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const run = (program: string, args: string[]) =>
    execFileSync(join(bin, program), args, { ...user, cwd: folder, stdio: 'pipe' })
  run('initdb', [
    '-D',
    join(folder, 'data'),
    '-U',
    'kontor',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ])
  const port = await freePort()
  const server = spawn(
    join(bin, 'postgres'),
    [
      '-D',
      join(folder, 'data'),
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'max_connections=200',
      '-c',
      'fsync=off',
    ],
    { ...user, cwd: folder, stdio: 'ignore' },
  )
  const url = `postgres://kontor@127.0.0.1:${port}/postgres`
  await ready(url, server)
  project.provide('postgresUrl', url)
  return () => {
    server.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
}

function installed(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root)
    ? readdirSync(root)
        .filter((name) => Number(name) >= 15)
        .toSorted((a, b) => Number(b) - Number(a))
    : []
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

const idOf = (flag: '-u' | '-g'): number => Number(execFileSync('id', [flag, 'postgres']).toString().trim())

async function freePort(): Promise<number> {
  return await new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode} at its start`)
    const client = new pg.Client({ connectionString: url })
    const up = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => undefined)
    if (up) return
    await new Promise((later) => setTimeout(later, 100))
  }
  throw new Error('PostgreSQL did not start within 10 seconds')
}
