import { z } from 'zod'
import { NewRefund, NewReturn, refundByHand, release, requestReturn } from './aftermath.ts'
import { allRoles } from './options.ts'
import { secretEnd } from './make-world.ts'
import { makeListing } from './listings/listing.ts'
import { arrive, cancelOrder, touch } from './orders/life.ts'
import { NewOrder, placeOrder, shipWhole } from './orders/place-order.ts'
import { authorize, makeCode } from './token.ts'
import { DAY, REFRESH_TOKEN, SELLER_ID, type AmazonScene, type SimulatedOrder, type World } from './world.ts'

export type Action = (scene: AmazonScene, input: unknown) => unknown

/** An action with its input: `act('cancel-order', { id })`. */
const action =
  <Schema extends z.ZodType>(schema: Schema, run: (scene: AmazonScene, given: z.output<Schema>) => unknown): Action =>
  (scene, input) =>
    run(scene, schema.parse(input ?? {}))

function orderAt(world: World, id: string): SimulatedOrder {
  const order = world.orders.get(id)
  if (order === undefined) throw new RangeError(`there is no order ${id}`)
  return order
}

const ById = z.strictObject({ id: z.string() })
const Whose = z.strictObject({ refreshToken: z.string().default(REFRESH_TOKEN) })

/** What happens to orders without the plugin. */
const ofOrders: Readonly<Record<string, Action>> = {
  /** Input: `NewOrder`. Answers `{ id }`. */
  'place-order': action(NewOrder, (scene, given) => ({ id: placeOrder(scene, given).id })),
  /** Another status; any text is told as it is, also one that Amazon does not have. */
  'set-status': action(z.strictObject({ id: z.string(), status: z.string() }), (scene, { id, status }) => {
    const order = orderAt(scene.world, id)
    const known = NewOrder.shape.status.unwrap().safeParse(status)
    if (known.success) order.status = known.data
    order.statusText = known.success ? undefined : status
    touch(scene, order)
  }),
  /** A change of no importance: the order is told again. */
  'touch-order': action(ById, (scene, { id }) => touch(scene, orderAt(scene.world, id))),
  /** The buyer asks to cancel; the status stays as it is. */
  'request-cancellation': action(ById, (scene, { id }) => {
    const order = orderAt(scene.world, id)
    for (const line of order.lines) line.cancellationRequest = 'Ordered by mistake'
    touch(scene, order)
  }),
  'cancel-order': action(
    z.strictObject({ id: z.string(), by: z.enum(['BUYER', 'MERCHANT', 'AMAZON']).default('BUYER') }),
    (scene, { id, by }) => cancelOrder(scene, orderAt(scene.world, id), by),
  ),
  /** Another program of the seller, or Amazon's warehouse, ships all of it. */
  'ship-order': action(ById, (scene, { id }) => shipWhole(scene, orderAt(scene.world, id), scene.clock.now())),
  /** Its parcels arrive. */
  'deliver-order': action(ById, (scene, { id }) => arrive(scene, orderAt(scene.world, id))),
  'delete-order': action(ById, ({ world }, { id }) => world.orders.delete(id)),
}

/** What happens to the seller's consent, the application and the account. */
const ofAccess: Readonly<Record<string, Action>> = {
  /** The seller authorizes the application (again), now. Answers `{ refreshToken, code }`; older tokens stay as they are. */
  authorize: action(z.strictObject({ sellerId: z.string().default(SELLER_ID) }), (scene, { sellerId }) => ({
    refreshToken: authorize(scene, sellerId).refreshToken,
    code: makeCode(scene, sellerId),
  })),
  /** The same refresh token gets another year, from now on. */
  'renew-authorization': action(Whose, ({ world, clock }, { refreshToken }) => {
    const found = authorizationAt(world, refreshToken)
    found.authorizedAt = clock.now()
    found.revoked = false
  }),
  'revoke-authorization': action(Whose, ({ world }, { refreshToken }) => {
    authorizationAt(world, refreshToken).revoked = true
  }),
  /** Every access token given out so far is over, before its hour is. */
  'expire-access-tokens': ({ world, clock }) => {
    for (const token of world.accessTokens.values()) token.expiresAt = clock.now()
  },
  /** A new client secret; the old one works for seven more days. Answers `{ clientSecret }`. */
  'rotate-secret': ({ world, clock, random, options }) => {
    const clientSecret = `amzn1.oa2-cs.v1.${random.hex(48)}`
    for (const secret of world.secrets) secret.expiresAt = Math.min(secret.expiresAt, clock.now() + 7 * DAY)
    world.secrets.push({ value: clientSecret, expiresAt: secretEnd(options, clock.now()) })
    return { clientSecret }
  },
  'set-roles': action(
    z.strictObject({ refreshToken: z.string().default(REFRESH_TOKEN), roles: z.array(z.enum(allRoles)) }),
    ({ world }, { refreshToken, roles }) => {
      authorizationAt(world, refreshToken).roles = roles
    },
  ),
  /** `dormant`: everything is refused. `suspendedListings`: the participations say so. */
  'set-account': action(
    z.strictObject({ dormant: z.boolean().optional(), suspendedListings: z.boolean().optional() }),
    ({ world }, { dormant, suspendedListings }) => {
      world.dormant = dormant ?? world.dormant
      world.suspendedListings = suspendedListings ?? world.suspendedListings
    },
  ),
}

function authorizationAt(world: World, refreshToken: string) {
  const found = world.authorizations.get(refreshToken)
  if (found === undefined) throw new RangeError('there is no authorization with this refresh token')
  return found
}

/** What happens after an order was shipped. */
const ofAftermath: Readonly<Record<string, Action>> = {
  /** Input: `NewRefund`. Answers `{ id }`, the transaction's. */
  refund: action(NewRefund, (scene, given) => ({ id: refundByHand(scene, orderAt(scene.world, given.order), given) })),
  /** Input: `{ id }` of a DEFERRED refund. Answers `{ id }` of the second transaction that tells it. */
  'release-refund': action(ById, (scene, { id }) => ({ id: release(scene, id) })),
  /** Input: `NewReturn`. Answers `{ id }`, Amazon's RMA id. */
  return: action(NewReturn, (scene, given) => ({ id: requestReturn(scene, orderAt(scene.world, given.order), given) })),
}

export const actions: Readonly<Record<string, Action>> = {
  ...ofAftermath,
  ...ofOrders,
  ...ofAccess,
  /** What Amazon holds of a SKU. */
  'set-fba': action(
    z.strictObject({ sku: z.string(), fulfillable: z.int().min(0) }),
    ({ world, clock }, { sku, fulfillable }) => {
      const listing = world.listings.get(sku)
      if (listing?.fba === undefined) throw new RangeError(`Amazon holds nothing of ${sku}`)
      listing.fba.fulfillable = fulfillable
      listing.updated = clock.now()
    },
  ),
  /** The queue of changed orders: `down` fails, `denied` refuses this AWS user, `gone` was deleted. */
  'set-queue': action(z.strictObject({ state: z.enum(['up', 'down', 'denied', 'gone']) }), ({ world }, { state }) => {
    world.queue.state = state
    for (const wake of world.queue.waiting) wake()
  }),
  /** A new listing on offer in every marketplace of the region; `fba`: its stock is in Amazon's warehouses. */
  'create-listing': action(
    z.strictObject({
      sku: z.string(),
      title: z.string().optional(),
      price: z.int().positive().optional(),
      quantity: z.int().min(0).optional(),
      fba: z.boolean().optional(),
    }),
    (scene, given) => ({ sku: makeListing(scene, given).sku }),
  ),
}
