/** A system the demo imitates: which package, how its simulator is started, and how it is connected. */
export interface DemoSystem {
  /** Name of the connection. */
  name: string
  title: string
  package: string
  /** Switches of its simulator; `orders` is what the demo was asked for. */
  switches: (orders: number) => Record<string, unknown>
  config: (url: string) => Readonly<Record<string, unknown>>
  /** Secrets of the simulator: key of the credentials, variable, value. They open nothing. */
  secrets: readonly (readonly [key: string, variable: string, value: string])[]
  /** What its simulator calls the effects that must happen once. */
  effects: readonly string[]
  /** The effect that means a whole order was shipped, where there is one. */
  shipped?: string
  accepts?: boolean
  /** The demo lets it be asked more often than a live account should be. */
  limits?: Readonly<Record<string, { burst?: number; per?: string }>>
}

/** The connection whose goods the warehouse counts and whose returns it pays back. */
export const mainSystem = 'shop'

/** What its simulator takes for a token; it opens nothing else. */
export const mainToken = 'ZGVtbzpCTVQtMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=='

const leatShop = '3f0c2a4e-1111-4111-8111-000000000001'

export const demoSystems: readonly DemoSystem[] = [
  {
    name: mainSystem,
    title: 'Back Market',
    package: '@kontor/plugin-backmarket',
    switches: (orders) => ({ orders, token: mainToken }),
    config: (baseUrl) => ({
      region: 'eu',
      baseUrl,
      company: 'Muster',
      integration: 'Kontor',
      contactEmail: 'kontor@example.com',
    }),
    secrets: [['token', 'DEMO_TOKEN', mainToken]],
    effects: ['order-accepted', 'order-shipped', 'imei-registered', 'refund-paid'],
    shipped: 'order-shipped',
    accepts: true,
  },
  {
    name: 'rakuten',
    title: 'Rakuten France',
    package: '@kontor/plugin-rakuten',
    switches: (orders) => ({ sales: Math.ceil(orders / 10), quotaPerHour: 5000 }),
    config: (baseUrl) => ({ login: 'muster-shop', baseUrl }),
    secrets: [['token', 'DEMO_RAKUTEN_TOKEN', 'simulated-token-1']],
    limits: { calls: { burst: 20 } },
    effects: ['unit-accepted', 'unit-shipped', 'unit-cancelled'],
    accepts: true,
  },
  {
    name: 'amazon',
    title: 'Amazon',
    package: '@kontor/plugin-amazon',
    switches: (orders) => ({ orders: Math.ceil(orders / 10), plainOrders: true, searchOrdersRate: 1 }),
    config: (baseUrl) => ({ region: 'eu', sellerId: 'A1EXAMPLESELLER', confirmAfter: '3s', baseUrl }),
    secrets: [
      ['clientId', 'DEMO_AMAZON_CLIENT', 'amzn1.application-oa2-client.example0000000000000000000000000'],
      ['clientSecret', 'DEMO_AMAZON_SECRET', 'amzn1.oa2-cs.v1.example000000000000000000000000000000000'],
      ['refreshToken', 'DEMO_AMAZON_TOKEN', 'Atzr|exampleRefresh'],
    ],
    limits: { searchOrders: { per: '1s' } },
    effects: ['shipment'],
  },
  {
    name: 'store',
    title: 'BigCommerce',
    package: '@kontor/plugin-bigcommerce',
    switches: (orders) => ({ orders: Math.ceil(orders / 10) }),
    config: (apiUrl) => ({ apiUrl }),
    secrets: [
      ['storeHash', 'DEMO_STORE_HASH', 'abc123example'],
      ['accessToken', 'DEMO_STORE_TOKEN', 'exampletoken0exampletoken0example'],
      ['clientSecret', 'DEMO_STORE_SECRET', 'examplesecret0examplesecret0examplesecret'],
    ],
    effects: ['shipment'],
  },
  {
    name: 'points',
    title: 'Leat',
    package: '@kontor/plugin-loyalty',
    switches: () => ({}),
    config: (url) => ({ provider: 'leat', baseUrl: `${url}/api/v3/oauth/clients`, shop: leatShop }),
    secrets: [['token', 'DEMO_LEAT_TOKEN', 'exampletoken-leat-0001']],
    effects: ['credit_reception'],
  },
  {
    name: 'returns',
    title: '8returns',
    package: '@kontor/plugin-8returns',
    switches: () => ({}),
    config: (baseUrl) => ({ baseUrl }),
    secrets: [
      ['apiKey', 'DEMO_RETURNS_KEY', 'demo-key'],
      ['password', 'DEMO_RETURNS_PASSWORD', 'demo-password'],
    ],
    effects: [],
  },
]

/** The warehouse is a folder, and a script that works in it. */
export const warehousePackage = '@kontor/plugin-file/simulator'
