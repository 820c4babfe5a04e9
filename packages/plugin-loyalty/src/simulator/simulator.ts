import { defineSimulator } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { failure, makeContact } from './answers.ts'
import { leatRoutes } from './leat-routes.ts'
import { ledgerRoutes } from './ledger-routes.ts'
import { Options, OTHER_TOKEN, ROOT, SHOP, TOKEN, type World } from './world.ts'

const NewContact = z.strictObject({ email: z.string(), balance: z.number().default(0) })

/** Leat's OAuth clients API as docs.leat.com describes it (2026-05-05), and beside it a plain ledger of a merchant's own. */
export const simulator = defineSimulator<World, Options>({
  id: 'loyalty',
  title: 'Leat, and a plain ledger',
  options: Options,
  world: () => ({
    contacts: [],
    transactions: [],
    rewards: [
      { uuid: '9f2b0000-0000-4000-8000-000000000005', title: '5 EUR', cost: 50, active: true, stock: null },
      { uuid: '9f2b0000-0000-4000-8000-000000000010', title: 'Tote bag', cost: 20, active: true, stock: 1 },
    ],
    orders: [],
    attributeNames: new Set<string>(),
    members: new Map(),
    entries: [],
    signingSecret: undefined,
  }),
  limits: ({ perSecond }) => [{ name: 'calls', limit: perSecond, per: '1s', kind: 'sliding', match: () => true }],
  before: ({ headers }) =>
    [TOKEN, OTHER_TOKEN].some((token) => headers['authorization'] === `Bearer ${token}`)
      ? undefined
      : failure(3000, 'The token is expired', 401),
  after: ({ limits }, answer) => ({
    ...answer,
    headers: {
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': String(limits[0]?.remaining ?? 0),
      ...answer.headers,
    },
  }),
  notFound: () => ({ status: 404, json: { message: 'Not found', code: 0, status_code: 404 } }),
  routes: [...leatRoutes, ...ledgerRoutes],
  actions: {
    contact: ({ world, random }, input) => {
      const { email, balance } = NewContact.parse(input)
      const contact = makeContact(world, random, email)
      contact.balance = balance
      return { uuid: contact.uuid }
    },
    /** A member spends points elsewhere. */
    spend: ({ world }, input) => {
      const { email, points } = z.strictObject({ email: z.string(), points: z.number() }).parse(input)
      for (const contact of world.contacts) if (contact.email === email) contact.balance -= points
      for (const member of world.members.values()) if (member.email === email) member.points -= points
      return points
    },
  },
  describe: ({ url, world }) =>
    [
      `${world.contacts.length} contacts. In kontor.yaml: config: { provider: leat, baseUrl: "${url}${ROOT}", shop: ${SHOP} }, credentials: { token: ${TOKEN} }`,
      `or config: { provider: webhook-ledger, url: "${url}/ledger" } with the same token.`,
    ].join('\n'),
})
