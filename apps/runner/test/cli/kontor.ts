import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const program = resolve(import.meta.dirname, '../../src/cli.ts')
const pluginsFolder = resolve(import.meta.dirname, '../plugins')
export const pluginPath = (name: string): string => join(pluginsFolder, `${name}.ts`)

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A folder with a config, in which `kontor` runs as a process of its own. */
export class Place implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'kontor-cli-'))
  environment: Record<string, string> = { TILL_TOKEN: 'till-token-1' }

  /** What is piped into the next processes; absent: nothing. */
  input: string | undefined

  constructor() {
    for (const name of ['till', 'shelf']) mkdirSync(join(this.folder, name))
  }

  write(name: string, content: unknown): void {
    writeFileSync(join(this.folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }

  /** Starts it, for what runs until it is stopped. */
  start(...given: readonly string[]): {
    child: ChildProcess
    ended: Promise<Ended>
    says: (what: string | RegExp) => Promise<RegExpExecArray>
  } {
    const child = spawn(process.execPath, ['--conditions=@kontor/source', program, ...given], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        XDG_CACHE_HOME: join(tmpdir(), 'kontor-test-cache'),
        ...this.environment,
      },
      stdio: [this.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    child.stdin?.end(this.input)
    let [stdout, stderr] = ['', '']
    const waiting = new Set<() => void>()
    const hear = (text: string): string => {
      for (const each of waiting) setImmediate(each)
      return text
    }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += hear(text)))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += hear(text)))
    const ended = new Promise<Ended>((done) =>
      child.on('close', (code, signal) => done({ code, signal, stdout, stderr })),
    )
    const says = async (what: string | RegExp): Promise<RegExpExecArray> =>
      await new Promise((done, fail) => {
        const pattern = typeof what === 'string' ? new RegExp(what.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : what
        const look = (): void => {
          const found = pattern.exec(`${stdout}${stderr}`)
          if (!found) return
          waiting.delete(look)
          done(found)
        }
        waiting.add(look)
        look()
        void ended.then(() => fail(new Error(`it ended without saying ${String(what)}: ${stdout}${stderr}`)))
      })
    return { child, ended, says }
  }

  async kontor(...given: readonly string[]): Promise<Ended> {
    return await this.start(...given).ended
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const till = (more = ''): string =>
  `  till:\n    plugin: ${pluginPath('till')}\n    config: { folder: ./till${more} }\n    credentials: { token: "\${env:TILL_TOKEN}" }\n`

/** A till whose orders go to a shelf, and whose shipments come back. */
export const config = (more = ''): string => `connections:
${till(more)}  shelf:
    plugin: ${pluginPath('shelf')}
    config: { folder: ./shelf }
flows:
  - { entity: orders, from: till, to: shelf, start: all }
  - { entity: shipments, from: shelf, to: origin, start: all }
`

export const order = (id: string, more: Record<string, unknown> = {}): unknown => ({
  entity: 'orders',
  id,
  numbers: [`No-${id}`],
  orderedAt: '2026-05-03T09:36:00Z',
  lifecycle: { value: 'open' },
  payment: { value: 'paid' },
  lines: [{ id: '1', sku: 'SKU-1', quantity: 2 }],
  totals: { grand: { amount: '12.30', currency: 'EUR' } },
  buyer: { fullName: 'Erika Muster', email: 'erika@example.com' },
  ...more,
})

export const shipment = (id: string, number: string, trackingNumber = 'TRACK1'): unknown => ({
  entity: 'shipments',
  id,
  about: { number },
  carrier: 'Post',
  trackingNumber,
})
