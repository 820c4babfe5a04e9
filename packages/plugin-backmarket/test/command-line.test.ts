import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { simulator } from '../src/simulator/index.ts'
import { airpods, imei, iphone } from './shop.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

const workspace = resolve(import.meta.dirname, '../../..')
const program = join(workspace, 'apps/runner/src/cli.ts')
const pluginPath = (name: string): string => join(workspace, 'packages', name, 'src/index.ts')
const Deliveries = z.array(
  z.object({
    record: z.string(),
    entity: z.string(),
    state: z.string(),
    error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
  }),
)

const start = () =>
  simulator.start({
    seed: 1,
    options: { orders: 0, ordersPerHour: 0, odd: false, backshipShare: 0 },
    keepExchanges: 'all',
  })
let market: Awaited<ReturnType<typeof start>>
let folder: string

beforeEach(async () => {
  market = await start()
  folder = mkdtempSync(join(tmpdir(), 'kontor-backmarket-'))
  put(
    'kontor.yaml',
    `connections:
  bm:
    plugin: ${pluginPath('plugin-backmarket')}
    config: { region: eu, market: de-de, company: Muster, contactEmail: mail@example.com, baseUrl: "${market.url}", batchFrom: 1 }
    credentials: { token: "\${env:BACKMARKET_TOKEN}" }
  depot:
    plugin: ${pluginPath('plugin-file')}
    config: { folder: ./depot, quietFor: 0s, read: { prices: { currency: EUR } } }
flows:
  - { entity: orders, from: bm, to: depot, start: all }
  - { entity: shipments, from: depot, to: origin, start: all }
  - { entity: invoices, from: depot, to: origin, start: all }
  - { entity: stock, from: depot, to: bm, start: all }
  - { entity: prices, from: depot, to: bm, start: all, guard: { floor: { GBP: 5 } } }
`,
  )
})
afterEach(async () => {
  await market.close()
  rmSync(folder, { recursive: true, force: true })
})

function put(name: string, content: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), content)
}
const kontor = async (...given: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  await new Promise((done) => {
    execFile(
      process.execPath,
      ['--conditions=@kontor/source', program, ...given],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, BACKMARKET_TOKEN: 'simulator-token' },
        maxBuffer: 50_000_000,
      },
      (error, stdout, stderr) => done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
/** An order that is accepted and waits for its parcel. */
function accepted(skus: string[], quantity = 1): number {
  const id = Number(market.act('place-order', { skus, quantity, market: 'de-de' }))
  for (const line of market.world.orders.get(id)?.lines ?? []) line.state = 2
  return id
}
const orderOf = (id: number) => market.world.orders.get(id)
const listing = (sku: string) => market.world.listings.get(sku.toLowerCase())
async function stateOfAll(): Promise<Map<string, string>> {
  const { stdout } = await kontor('deliveries', 'list', '--limit', '500', '--json')
  return new Map(
    Deliveries.parse(JSON.parse(stdout)).map(({ record, entity, state, error }) => [
      `${entity} ${record}`,
      error === undefined ? state : `${state} ${error.code}`,
    ]),
  )
}

describe('through the command line', () => {
  it('every bad record is refused by itself, and its neighbours arrive', async () => {
    const [wrongImei, twoUnits, unknownCarrier, good] = [
      accepted([iphone]),
      accepted([iphone], 2),
      accepted([airpods]),
      accepted([iphone]),
    ]
    expect((await kontor('run', '--once')).code).toBe(0)
    put(
      'depot/shipments/today.csv',
      [
        'order;tracking_number;carrier;sku;quantity;imei',
        `${wrongImei};T1;DHL DE;${iphone};1;004999010640001`,
        `${twoUnits};T2;DHL DE;${iphone};2;${imei}`,
        `${unknownCarrier};T3;Musterpost;${airpods};1;`,
        `${good};T4;DHL DE;${iphone};1;${imei}`,
        '999999;T5;DHL DE;X;1;',
      ].join('\n'),
    )
    put('depot/stock/today.csv', `sku;available\n${airpods};33\nNOWHERE;5\n`)
    put(
      'depot/prices/today.csv',
      [
        'sku;price;market;currency',
        `${airpods};0;de-de;EUR`,
        `${iphone};310;en-us;USD`,
        `${iphone};311.50;de-de;EUR`,
        `${airpods};4.99;en-gb;GBP`,
      ].join('\n'),
    )
    put(`depot/invoices/${good}.pdf`, '%PDF-1.4\n% invoice\n%%EOF\n')
    put(`depot/invoices/${wrongImei}.pdf`, 'a letter')
    const run = await kontor('run', '--once')
    // Partial: the work is done except for what a person has to look at.
    expect([run.code, run.stderr.includes('INTERNAL')]).toEqual([4, false])
    expect(Object.fromEntries(await stateOfAll())).toEqual({
      [`shipments depot/${twoUnits}:T2`]: 'refused SERIAL_INVALID',
      [`shipments depot/${unknownCarrier}:T3`]: 'refused CARRIER_UNKNOWN',
      'stock depot/NOWHERE': 'refused SKU_UNKNOWN',
      [`prices depot/${airpods}:de-de`]: 'refused PRICE_INVALID',
      [`prices depot/${airpods}:en-gb`]: 'refused GUARD_TRIPPED',
      [`prices depot/${iphone}:en-us`]: 'refused PRICE_INVALID',
      [`prices depot/${iphone}:de-de`]: 'sent',
    })
    expect(orderOf(good)?.tracking.number).toBe('T4')
    expect(orderOf(good)?.lines[0]?.imei).toBe(imei)
    expect(orderOf(good)?.invoice).not.toBeUndefined()
    for (const id of [wrongImei, twoUnits, unknownCarrier]) expect(orderOf(id)?.lines[0]?.state).toBe(2)
    expect(listing(airpods)?.quantity).toBe(33)
    const rejections = await kontor('rejections', 'list')
    // A number that is no IMEI does not even get past the file.
    expect(rejections.stdout).toMatch(
      new RegExp(`shipments ${wrongImei}:T1 .*SERIAL_INVALID.*15 digits with a right check digit`),
    )
    expect(rejections.stdout).toMatch(new RegExp(`invoices ${wrongImei} .*is no PDF`))
    expect((await kontor('status')).stdout).toContain('order 999999')
    const list = await kontor('deliveries', 'list', '--state', 'refused')
    for (const words of ['SERIAL_INVALID', 'CARRIER_UNKNOWN', 'SKU_UNKNOWN', 'PRICE_INVALID'])
      expect(list.stdout).toContain(words)
    // Nothing that came from a buyer, and no token.
    for (const text of [run.stderr, list.stdout, rejections.stdout])
      expect(text).not.toMatch(/simulator-token|@example\.com/)
  })

  it('plan shows stock and prices before and after, and reconcile mends what was changed by hand', async () => {
    put('depot/stock/today.csv', `sku;available\n${airpods};33\n`)
    expect((await kontor('run', '--once')).code).toBe(0)
    const offer = listing(airpods)
    if (offer === undefined) throw new Error('no offer')
    offer.quantity = 3
    const reconciled = await kontor('reconcile')
    expect(reconciled.stdout).toMatch(/^bm +offers +\d+ +1$/m)
    expect((await kontor('plan')).stdout).toMatch(new RegExp(`^${airpods} +bm +stock +3 +33$`, 'm'))
    expect((await kontor('run', '--once')).code).toBe(0)
    expect(offer.quantity).toBe(33)
    const { stdout } = await kontor('skus', '--json')
    expect(z.array(z.object({ sku: z.string(), what: z.string() })).parse(JSON.parse(stdout))).toContainEqual({
      sku: iphone,
      what: 'not-stated',
    })
  })

  it('a person writes to the buyer and declares a problem, in the folder of a return', async () => {
    const order = accepted([airpods])
    const id = Number(market.act('open-care', { order }))
    expect((await kontor('act', 'bm')).stdout).toContain('send-message')
    expect((await kontor('act', 'bm', 'send-message', 'text=We have it.', `folder=${id}`)).code).toBe(0)
    expect(market.world.care.get(id)?.messages.at(-1)?.text).toBe('We have it.')
    await kontor('run', '--once')
    const lost = await kontor('act', 'bm', 'declare-problem', 'type=DAMAGED_PACKAGE', '--return', 'bm/1')
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('No return goes by "bm/1"')])
    const bare = await kontor('act', 'bm', 'declare-problem', 'type=DAMAGED_PACKAGE', '--return', `bm/${id}`)
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('needs a document')])
    expect((await kontor('act', 'bm', 'declare-problem', 'text=Broken.', '--return', `bm/${id}`)).code).toBe(0)
    expect(market.truth.count('problem-declared')).toBe(1)
  })
})
