import { createHmac } from 'node:crypto'
import { routesFor } from '@kontor/testkit/simulator'
import { z } from 'zod'
import type { LedgerEntry, Options, World } from './world.ts'

const route = routesFor<World, Options>()
const root = '/ledger'

const NewBooking = z.object({
  key: z.string(),
  kind: z.enum(['earn', 'reverse', 'restore', 'redeem', 'adjust']),
  points: z.string(),
  value: z.object({ amount: z.string(), currency: z.string() }).optional(),
  member: z.object({ id: z.string().optional(), email: z.string().optional() }),
  createMember: z.boolean(),
  order: z.object({ key: z.string().optional() }).optional(),
  reverses: z.string().optional(),
  reward: z.string().optional(),
})

function entryJson(world: World, entry: LedgerEntry): Record<string, unknown> {
  const balance = world.members.get(entry.member)?.points ?? 0
  return {
    id: entry.id,
    key: entry.key,
    kind: entry.kind,
    points: String(entry.points),
    member: entry.member,
    balance: String(balance),
    reverses: entry.reverses,
    order: entry.order,
    value: entry.value,
    ...(entry.shortfall > 0 ? { shortfall: String(entry.shortfall) } : {}),
  }
}

/** A merchant's own ledger: it honours the key of a booking, and clamps what is taken to what is there. */
export const ledgerRoutes = [
  route.post(`${root}/bookings`, ({ world, json, options, headers, text, truth }) => {
    const signed =
      world.signingSecret === undefined ||
      headers['x-kontor-signature'] === `v1=${createHmac('sha256', world.signingSecret).update(text()).digest('hex')}`
    if (!signed) return { status: 401, json: { error: 'signature' } }
    const body = json(NewBooking)
    const known = world.entries.find(({ key }) => key === body.key)
    if (known !== undefined) return { json: entryJson(world, known) }
    const members = [...world.members.values()]
    let member = members.find(({ id, email }) => id === body.member.id || email === body.member.email)
    if (member === undefined) {
      if (!body.createMember || body.member.email === undefined) return { status: 409, json: { error: 'no_member' } }
      member = { id: `m-${members.length + 1}`, email: body.member.email, points: 0 }
      world.members.set(member.id, member)
    }
    const told = Number(body.points)
    const wanted =
      body.kind === 'earn' && told === 0 ? Math.round(Number(body.value?.amount ?? 0) * options.rate) : told
    const takes = body.kind === 'reverse' || body.kind === 'redeem'
    if (body.kind === 'redeem' && member.points < wanted) return { status: 409, json: { error: 'insufficient' } }
    const booked = takes ? Math.min(wanted, Math.max(0, member.points)) : wanted
    member.points += takes ? -booked : booked
    const entry = {
      id: `b-${world.entries.length + 1}`,
      key: body.key,
      kind: body.kind,
      points: booked,
      shortfall: wanted - booked,
      member: member.id,
      reverses: body.reverses ?? null,
      order: body.order?.key,
      value: body.value,
    }
    world.entries.push(entry)
    truth.add('booking', body.key, { points: booked })
    return { status: 201, json: entryJson(world, entry) }
  }),

  route.get(`${root}/bookings`, ({ world, query }) => {
    const [key, order] = [query.get('key'), query.get('order')]
    return {
      json: {
        bookings: world.entries
          .filter((entry) => (key === null || entry.key === key) && (order === null || entry.order === order))
          .map((entry) => entryJson(world, entry)),
      },
    }
  }),

  route.get(`${root}/members`, ({ world, query }) => {
    const found = [...world.members.values()].find(
      ({ id, email }) => id === query.get('id') || email === query.get('email'),
    )
    return found === undefined
      ? { status: 404, json: { error: 'no_member' } }
      : { json: { ...found, points: String(found.points) } }
  }),

  route.get(`${root}/quote`, ({ query, options }) => ({
    json: { points: String(Math.round(Number(query.get('amount')) * options.rate)) },
  })),
  route.get(`${root}/rewards`, ({ world }) => ({
    json: {
      rewards: world.rewards.map(({ uuid, title, cost, active }) => ({
        id: uuid,
        name: title,
        points: String(cost),
        available: active,
      })),
    },
  })),
]
