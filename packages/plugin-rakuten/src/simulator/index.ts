import { defineSimulator, routesFor, type Answer, type Call } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { failure, parameterError, success } from './answer-xml.ts'
import { getCompensationDetails, getItemInfos, getItemToDoList, getOperations } from './claims-and-wallet.ts'
import type { Handler } from './handler.ts'
import { exportInventory, genericImportFile, genericImportReport } from './offers.ts'
import { RakutenOptions } from './options.ts'
import {
  acceptSale,
  cancelItem,
  confirmPreorder,
  contactUser,
  getAvailableShippingTypes,
  getBillingInformation,
  getCurrentSales,
  getNewSales,
  getShippingInformation,
  refuseSale,
} from './sales.ts'
import { importItemShippingStatus, setTrackingPackageInfos } from './shipping-files.ts'
import { advertFor, isAwaiting, placeSale, unitOf, type RakutenWorld } from './world.ts'

export type { RakutenOptions } from './options.ts'
export type { RakutenWorld, Sale, SaleWish, Unit } from './world.ts'

const actions: readonly [method: 'get' | 'post', path: string, action: string, handler: Handler, note: string][] = [
  ['get', '/sales_ws', 'getnewsales', getNewSales, 'sales to accept; no e-mail, no phone'],
  ['get', '/sales_ws', 'getcurrentsales', getCurrentSales, 'confirmed sales, by pages'],
  ['get', '/sales_ws', 'acceptsale', acceptSale, 'accepts one article'],
  ['get', '/sales_ws', 'refusesale', refuseSale, 'refuses one article'],
  ['get', '/sales_ws', 'cancelitem', cancelItem, 'cancels and refunds one article'],
  ['get', '/sales_ws', 'confirmpreorder', confirmPreorder, 'confirms pre-orders of an advert'],
  [
    'get',
    '/sales_ws',
    'getshippinginformation',
    getShippingInformation,
    'e-mail, phone, prepaid label of an accepted sale',
  ],
  ['get', '/sales_ws', 'getbillinginformation', getBillingInformation, 'prices and commissions of an accepted sale'],
  ['get', '/sales_ws', 'getavailableshippingtypes', getAvailableShippingTypes, 'shipping modes of the seller'],
  ['get', '/sales_ws', 'getitemtodolist', getItemToDoList, 'articles with claims and unread messages'],
  ['get', '/sales_ws', 'getiteminfos', getItemInfos, 'a claim; marks its messages as read'],
  ['get', '/sales_ws', 'contactuseraboutitem', contactUser, 'a message to the buyer'],
  ['get', '/sales_ws', 'settrackingpackageinfos', setTrackingPackageInfos, 'tracking of one article'],
  ['post', '/sales_ws', 'importitemshippingstatus', importItemShippingStatus, 'confirms articles as shipped'],
  ['post', '/stock_ws', 'genericimportfile', genericImportFile, 'changes offers'],
  ['get', '/stock_ws', 'genericimportreport', genericImportReport, 'what became of an import'],
  ['get', '/stock_ws', 'export', exportInventory, 'own adverts'],
  ['get', '/wallet_ws', 'getoperations', getOperations, 'payouts'],
  ['get', '/wallet_ws', 'getcompensationdetails', getCompensationDetails, 'lines of a payout'],
]

const route = routesFor<RakutenWorld, RakutenOptions>()

type AnyCall = Call<RakutenWorld, RakutenOptions>
const answerTo =
  (action: string, handler: Handler) =>
  (call: AnyCall): Answer =>
    handler({
      ...call,
      respond: (response) =>
        success(
          action,
          call.query.get('version') ?? '2017-08-07',
          response,
          call.options.echo ? call.options : undefined,
        ),
    })

const Place = z.strictObject({
  kind: z
    .enum([
      'tracked',
      'twins',
      'relay',
      'pickup',
      'normal',
      'negotiated',
      'without-sku',
      'rakuten-logistics',
      'preorder',
      'express',
    ])
    .optional(),
  sku: z.string().optional(),
  quantity: z.int().positive().optional(),
  price: z.string().optional(),
  status: z
    .enum([
      'TO_CONFIRM',
      'REQUESTED',
      'REMINDED',
      'ACCEPTED',
      'COMMITTED',
      'PENDING',
      'REFUSED',
      'CANCELLED',
      'ON_HOLD',
      'CLOSED',
    ])
    .optional(),
  shippingType: z.string().optional(),
  soldAt: z.number().optional(),
  person: z.int().nonnegative().optional(),
  buyer: z
    .strictObject({
      firstName: z.string(),
      lastName: z.string(),
      street: z.string(),
      phone: z.string(),
      email: z.string(),
    })
    .optional(),
})

/** Rakuten France's seller web services: stateful, one account, over real HTTP. */
export const simulator = defineSimulator<RakutenWorld, RakutenOptions>({
  id: 'rakuten',
  title: 'Rakuten France',
  options: RakutenOptions,
  world({ clock, random, options }) {
    const world: RakutenWorld = {
      sales: new Map(),
      adverts: new Map(),
      imports: new Map(),
      claims: new Map(),
      operations: [],
      nextId: 1,
      disordered: false,
    }
    for (let index = 0; index < options.sales; index += 1) {
      const sale = placeSale(world, clock.now(), random)
      if (index % 10 < options.accepted * 10)
        for (const unit of sale.units) if (isAwaiting(unit)) unit.status = 'ACCEPTED'
    }
    for (let index = 0; index < 5; index += 1)
      world.operations.push({
        operationId: String(502_120_000 + index),
        at: clock.now() - (index + 1) * 86_400_000,
        amount: `${100 + index}.23`,
        compensationId: String(550_000 + index),
      })
    if (options.everyMs > 0)
      clock.every(options.everyMs, () => void placeSale(world, clock.now(), random, { soldAt: clock.now() }))
    return world
  },
  limits: (options) => [
    {
      name: 'quota',
      limit: options.quotaPerHour,
      per: '1h',
      kind: 'fixed',
      match: () => true,
      key: ({ query }) => query.get('login') ?? '',
    },
  ],
  // The quota is told by an error document with any status; what stands in front of the web services speaks HTTP.
  throttled: ({ name, retryAfterMs }) =>
    name === 'quota'
      ? quotaExceeded()
      : {
          status: 429,
          headers: { 'retry-after': retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1000)) },
          text: 'Too many requests',
        },
  before({ options, query }) {
    const login = query.get('login')
    if (login === null || login === '') return parameterError(options, 'The parameter login is mandatory')
    // An e-mail address is no login, even the right one's.
    if (query.get('pwd') === options.restrictedToken)
      return failure(options, 'InvalidUserRights', 'This action is not allowed for this account', [])
    const known =
      login === options.login ? options.token : login === options.otherLogin ? options.otherToken : undefined
    if (known === undefined || query.get('pwd') !== known)
      return failure(options, 'InvalidUserConnection', 'Unknown user or password.', ['Incorrect login or password'])
    return query.get('version') === null ? parameterError(options, 'The parameter version is mandatory') : undefined
  },
  notFound: ({ options, query }) => parameterError(options, `The action ${query.get('action') ?? ''} does not exist`),
  routes: actions.map(([method, path, action, handler, note]) =>
    route[method](`${path}?action=${action}`, answerTo(action, handler), note),
  ),
  actions: {
    'place-sale': ({ world, clock, random }, input) =>
      placeSale(world, clock.now(), random, withoutUndefined(Place.parse(input ?? {}))),
    'open-claim': ({ world, clock }, input) => {
      const { itemId, type, comment } = z
        .strictObject({
          itemId: z.string(),
          type: z.string().default('DAMAGED'),
          comment: z.string().default('Article abîmé'),
        })
        .parse(input)
      const unit = unitOf(world, itemId)?.unit
      if (unit !== undefined) unit.status = 'ON_HOLD'
      world.claims.set(itemId, { itemId, type, comment, at: clock.now(), unread: true, open: true })
    },
    'close-claim': ({ world }, input) => {
      const claim = world.claims.get(z.strictObject({ itemId: z.string() }).parse(input).itemId)
      if (claim !== undefined) claim.open = false
    },
    'set-status': ({ world }, input) => {
      const { itemId, status } = z
        .strictObject({ itemId: z.string(), status: Place.shape.status.unwrap() })
        .parse(input)
      const unit = unitOf(world, itemId)?.unit
      if (unit !== undefined) unit.status = status
    },
    'ship-by-hand': ({ world }, input) => {
      const unit = unitOf(world, z.strictObject({ itemId: z.string() }).parse(input).itemId)?.unit
      if (unit !== undefined) unit.shipped = true
    },
    'create-advert': ({ world }, input) => advertFor(world, z.strictObject({ sku: z.string() }).parse(input).sku),
  },
  describe: ({ world, options, url }) =>
    `It has ${world.sales.size} sales and ${world.adverts.size} adverts. Connect with config { login: ${options.login}, baseUrl: "${url}" } and the token ${options.token}.`,
})

function quotaExceeded(): Answer {
  const options = RakutenOptions.parse({})
  return failure(options, 'InvalidUserRights', 'Quota exceeded.', [
    'You have exceeded the maximum number of requests per hour.',
  ])
}

const withoutUndefined = <T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
