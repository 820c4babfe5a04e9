import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** A real PostgreSQL on loopback, in a folder of its own, as a user that is not root. */
export interface PostgresServer {
  url: string
  port: number
  /** Ends it: in order (`SIGINT`: who is connected is sent away), or as a crash (`SIGQUIT`). */
  stop: (signal: 'SIGINT' | 'SIGQUIT') => Promise<void>
  start: () => Promise<void>
  /** Ends it and takes its folder away. */
  end: () => void
}

export async function startPostgres(
  bin: string,
  { connections = 200, durable = false }: { connections?: number; durable?: boolean } = {},
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-postgres-'))
  const data = join(folder, 'data')
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'kontor', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...user, cwd: folder, stdio: 'pipe' },
  )
  const port = await freePort()
  const url = `postgres://kontor@127.0.0.1:${port}/postgres`
  const settings = [`max_connections=${connections}`, `fsync=${durable ? 'on' : 'off'}`]
  const spawnIt = (): ChildProcess =>
    spawn(
      join(bin, 'postgres'),
      ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, ...settings.flatMap((each) => ['-c', each])],
      { ...user, cwd: folder, stdio: 'ignore' },
    )
  let server = spawnIt()
  await ready(url, server)
  return {
    url,
    port,
    async stop(signal) {
      const ended = once(server, 'exit')
      server.kill(signal)
      await ended
    },
    async start() {
      server = spawnIt()
      await ready(url, server)
    },
    end() {
      server.kill('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The folder of programs of the newest PostgreSQL that is installed; `undefined` where there is none. */
export function installedPostgres(): string | undefined {
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
