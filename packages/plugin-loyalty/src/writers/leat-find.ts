import { toInstant, toMs, type Clock, type Delivery, type Outcome } from '@kontor/core'
import type { LeatClient } from '../client/index.ts'
import type { LeatConfig } from '../config.ts'
import { points } from '../mapping/index.ts'
import { KEY } from '../tables/attributes.ts'
import type { LeatTransaction } from '../wire/index.ts'
import { leatMember } from './leat-member.ts'
import { absent, done } from './outcomes.ts'

const MINUTE = 60_000
/** Clocks differ, and a booking may be stamped before its answer. */
const BEFORE_MS = 5 * MINUTE
const DAY_MS = 24 * 60 * MINUTE

type Wish = Delivery<'points'>

/**
 * What became of a booking whose answer was lost. Leat has no idempotency key: the booking is found by the key it carries as an attribute. An
 * account without our attributes does not echo them; there a booking of the same amount at the same time is taken for ours, and said so.
 */
export async function findBooking(
  client: LeatClient,
  config: LeatConfig,
  clock: Clock,
  wish: Wish,
  signal: AbortSignal,
): Promise<Outcome> {
  const member = await leatMember(client, wish.record, signal)
  if (member === undefined) return absent(wish)
  if (wish.record.kind === 'earn' && config.variant === 'orders')
    return await findOrder(client, clock, wish, member, signal)
  const type = wish.record.kind === 'redeem' ? 'reward_receptions' : 'credit_receptions'
  // What is booked through a reward carries no key: neither its redemption nor the taking back of one.
  const keyless = wish.record.kind === 'redeem' || typeof wish.record.extensions?.['kontor.redemption'] === 'string'
  const rows = await recent(client, clock, wish, member, type, signal)
  const isOurs = (row: LeatTransaction): boolean => row[KEY] === wish.record.id
  const ours = rows.find(isOurs) ?? (keyless ? undefined : await earlier(client, member, type, isOurs, signal))
  if (ours !== undefined) return found(wish, member, ours, false)
  const echoed = rows.some((row) => Object.hasOwn(row, KEY))
  const alike = keyless || !echoed ? rows.find((row) => (!keyless || !row[KEY]) && looksLike(row, wish)) : undefined
  return alike === undefined ? absent(wish) : found(wish, member, alike, true)
}

async function recent(
  client: LeatClient,
  clock: Clock,
  { sent }: Wish,
  contact: string,
  type: string,
  signal: AbortSignal,
): Promise<LeatTransaction[]> {
  const from = (sent ? toMs(sent.at) : clock.now() - DAY_MS) - BEFORE_MS
  const rows: LeatTransaction[] = []
  for await (const row of client.transactions({ contact, type, since: toInstant(from) }, signal))
    if (createdAt(row) >= from) rows.push(row)
  return rows
}

/** Of all that the member ever got: a store that was restored does not know when it sent what it asks about. */
async function earlier(
  client: LeatClient,
  contact: string,
  type: string,
  isOurs: (row: LeatTransaction) => boolean,
  signal: AbortSignal,
): Promise<LeatTransaction | undefined> {
  for await (const row of client.transactions({ contact, type }, signal)) if (isOurs(row)) return row
  return undefined
}

/** `2023-11-12 19:27:49+00:00`, with a blank in the list and a T elsewhere. */
const createdAt = (row: LeatTransaction): number => Date.parse(row.created_at.replace(' ', 'T'))

function looksLike(row: LeatTransaction, { record }: Wish): boolean {
  if (record.kind === 'redeem') return row.reward?.uuid === record.extensions?.['kontor.reward']
  if (record.kind === 'earn' && !points.isPositive(record.points))
    return (
      row.unit_value !== null &&
      row.unit_value !== undefined &&
      record.value !== null &&
      record.value !== undefined &&
      points.equal(row.unit_value, record.value.amount)
    )
  return points.equal(row.credits, record.kind === 'reverse' ? points.negate(record.points) : record.points)
}

function found(wish: Wish, member: string, row: LeatTransaction, assumed: boolean): Outcome {
  const booked = points.absolute(row.credits)
  const missing = wish.record.kind === 'reverse' ? points.subtract(wish.record.points, booked) : '0'
  return done(wish, row.uuid, {
    points: booked,
    member,
    balance: row.contact?.credit_balance?.balance,
    ...(points.isPositive(missing) ? { shortfall: missing } : {}),
    ...(assumed ? { assumed: true } : {}),
  })
}

/**
 * The order itself is found by its external id; what it earned is in the list of bookings. Where it is not there yet, it is asked again: an
 * order without its points must not be taken for one that earned nothing.
 */
async function findOrder(
  client: LeatClient,
  clock: Clock,
  wish: Wish,
  member: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const order = await client.findOrder(wish.record.id, signal)
  if (order === undefined) return absent(wish)
  const rows = await recent(client, clock, wish, member, 'credit_receptions', signal)
  const earned = rows.find((row) =>
    !Object.hasOwn(row, KEY) || row[KEY] === null ? points.isPositive(row.credits) : false,
  )
  if (earned === undefined)
    return { key: wish.key, is: 'sent', ticket: order.uuid, askAt: toInstant(clock.now() + 10 * MINUTE) }
  return done(wish, order.uuid, {
    points: earned.credits,
    member,
    balance: earned.contact?.credit_balance?.balance,
    assumed: true,
  })
}
