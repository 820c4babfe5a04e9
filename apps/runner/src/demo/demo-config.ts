import { stringify } from 'yaml'
import { demoSystems, type DemoSystem } from './demo-systems.ts'

export interface DemoSettings {
  /** Path or URL of the store; without it a file beside the config. */
  store?: string
  /** Settings every connection to a system gets on top of its own, `limits` for instance. */
  connection?: Readonly<Record<string, unknown>>
}

/** The config of the demo: systems that are simulated, by name and address, and a warehouse that is a folder. Only the systems given take part. */
export function demoConfig(urls: Readonly<Record<string, string>>, settings: DemoSettings = {}): string {
  const systems = demoSystems.filter(({ name }) => name in urls)
  const has = (...names: string[]): string[] => names.filter((name) => name in urls)
  const connections = Object.fromEntries(
    systems.map((system) => [
      system.name,
      { ...connectionOf(system, urls[system.name] ?? ''), ...settings.connection },
    ]),
  )
  const warehouse = { plugin: '@kontor/plugin-file', config: { folder: './warehouse' }, every: '1s' }
  const flows = [
    { entity: 'orders', from: has('shop', 'rakuten', 'amazon'), to: 'warehouse', start: 'all' },
    { entity: 'shipments', from: 'warehouse', to: 'origin' },
    { entity: 'refunds', from: 'warehouse', to: 'origin' },
    ...(has('shop').length > 0
      ? [{ entity: 'stock', from: 'warehouse', to: has('shop'), guard: { dropToZero: '50%' } }]
      : []),
    ...(has('returns').length > 0
      ? [
          { entity: 'returns', from: has('returns', 'shop'), to: 'warehouse', start: 'all' },
          { entity: 'receipts', from: 'warehouse', to: 'origin' },
        ]
      : []),
    ...(has('store', 'points').length === 2
      ? [{ loyalty: { shop: 'store', provider: 'points', earn: { when: 'created' } } }]
      : []),
  ]
  const decide = Object.fromEntries(
    systems.filter(({ accepts }) => accepts).map(({ name }) => [name, { accept: 'auto' }]),
  )
  return `# What "kontor demo" ran with. Change it and run "kontor run" in this folder.\n${stringify({ store: settings.store ?? './kontor.db', connections: { ...connections, warehouse }, flows, decide })}`
}

const connectionOf = (system: DemoSystem, url: string): object => ({
  plugin: system.package,
  config: system.config(url),
  credentials: Object.fromEntries(system.secrets.map(([key, variable]) => [key, `\${env:${variable}}`])),
  ...(system.limits === undefined ? {} : { limits: system.limits }),
  linger: '1s',
  every: '2s',
})

/** The secrets of all systems, as a file `.env` beside the config. */
export const demoSecrets = (): string =>
  demoSystems.flatMap(({ secrets }) => secrets.map(([, variable, value]) => `${variable}=${value}\n`)).join('')
