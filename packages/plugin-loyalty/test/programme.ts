import { Order, Points, type Delivery, type Json, type Outcome } from '@kontor/core'
import { connect } from '@kontor/core/host'
import type { StartSettings } from '@kontor/testkit/simulator'
import { loyalty } from '../src/index.ts'
import { ROOT, SHOP, simulator, TOKEN } from '../src/simulator/index.ts'
import type { Options } from '../src/simulator/world.ts'

export const STARTS = '2026-06-01T12:00:00Z'
const SECRET = 'a signing secret of some length'
export const EMAIL = 'erika.muster@example.com'

type Settings = {
  options?: Partial<Options>
  config?: object
  faults?: StartSettings<Options>['faults']
  provider?: 'leat' | 'webhook-ledger'
}

/** A simulated programme and the plugin connected to it. Time stands still until it is moved. */
export async function openProgramme({ options, config, faults, provider = 'leat' }: Settings = {}) {
  const programme = await simulator.start({ clock: { startsAt: STARTS, rate: 'manual' }, options, faults })
  if (provider === 'webhook-ledger') programme.world.signingSecret = SECRET
  const connection = await connect(loyalty, {
    config:
      provider === 'leat'
        ? { provider, baseUrl: programme.url + ROOT, shop: SHOP, ...config }
        : { provider, url: `${programme.url}/ledger`, ...config },
    credentials: { token: TOKEN, ...(provider === 'leat' ? {} : { signingSecret: SECRET }) },
    clock: programme.clock,
    random: () => 0.5,
  })
  return {
    programme,
    connection,
    /** Virtual time: the limit of five calls a second would make tests wait. */
    write: (...wishes: Delivery<'points'>[]) => programme.drive(all(connection.writers.points.write(wishes))),
    readBack: (...wishes: Delivery<'points'>[]) =>
      programme.drive(all(connection.writers.points.readBack?.(wishes) ?? none())),
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await programme.close()
    },
  }
}

export async function* none(): AsyncIterable<never> {}

export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

let made = 0
export function wish(
  record: object,
  given: Partial<Pick<Delivery<'points'>, 'order' | 'sent'>> = {},
): Delivery<'points'> {
  made += 1
  const parsed = Points.parse({
    entity: 'points',
    about: { entity: 'orders', key: 'shop/218', id: '218' },
    member: { email: EMAIL },
    ...record,
  })
  return { key: made.toString(16).padStart(32, '0'), name: `ledger/${parsed.id}`, record: parsed, ...given }
}

export const earn = (over: object = {}) => ({
  id: 'shop/218:earn',
  kind: 'earn',
  points: '0',
  value: { amount: '50.00', currency: 'EUR' },
  ...over,
})
export const reverse = (points: string, over: object = {}) => ({
  id: `shop/218:mv:0:0-${points}`,
  kind: 'reverse',
  points,
  reverses: 'shop/218:earn',
  ...over,
})

export const anOrder = (over: object = {}): Order =>
  Order.parse({
    entity: 'orders',
    id: '218',
    numbers: ['218'],
    lifecycle: { value: 'completed' },
    payment: { value: 'paid' },
    lines: [
      {
        id: '1',
        sku: 'SKU-1',
        title: 'Linen towel',
        quantity: 3,
        unitPrice: { value: { amount: '9.00', currency: 'EUR' }, taxIncluded: true },
        total: { value: { amount: '25.00', currency: 'EUR' }, taxIncluded: true },
      },
      {
        id: '2',
        sku: 'SKU-2',
        title: 'Oak board',
        quantity: 1,
        total: { value: { amount: '20.00', currency: 'EUR' }, taxIncluded: true },
      },
    ],
    shipping: [{ kind: 'shipping', price: { value: { amount: '4.99', currency: 'EUR' }, taxIncluded: true } }],
    ...over,
  })

export const detailOf = (outcome: Outcome | undefined): Json | undefined =>
  outcome?.is === 'done' || outcome?.is === 'already' ? outcome.detail : undefined
export const wordOf = (outcome: Outcome | undefined): string =>
  outcome === undefined
    ? 'nothing'
    : outcome.is === 'refused' || outcome.is === 'waiting'
      ? `${outcome.is} ${outcome.error.code}`
      : outcome.is
