import { toInstant, type BookedPoints, type Clock, type LoyaltyProvider } from '@kontor/core'
import type { LeatClient } from '../client/index.ts'
import type { LeatConfig } from '../config.ts'
import { points, valueFrom } from '../mapping/index.ts'
import { KEY, KIND, ORDER, REVERSES, VALUE } from '../tables/attributes.ts'
import type { LeatTransaction } from '../wire/index.ts'

/** Questions to Leat. None of them creates a contact. */
export function leatQuestions(client: LeatClient, config: LeatConfig, clock: Clock): LoyaltyProvider {
  return {
    async member({ id, email }, signal) {
      const found =
        id === undefined
          ? email === undefined
            ? undefined
            : await client.contactByEmail(email, signal)
          : await client.contact(id, signal)
      return found && { id: found.uuid, ...(found.email ? { email: found.email } : {}) }
    },
    async balance(memberId, signal) {
      return { points: await client.balance(memberId, signal), asOf: toInstant(clock.now()) }
    },
    async quote({ memberId, amount }, signal) {
      return {
        points: await client.quote(
          { shop_uuid: config.shop, contact_uuid: memberId, unit_value: amount.amount, unit_name: config.unit },
          signal,
        ),
      }
    },
    async rewards(memberId, signal) {
      const rewards = await client.rewards(memberId, config.shop, signal)
      return rewards.map(({ uuid, title, required_credits: cost, is_active: active, stock }) => ({
        id: uuid,
        name: title,
        points: cost,
        available: active !== false && String(stock ?? '') !== '0',
      }))
    },
    /** By the attributes of our bookings; the list has no filter for them, so all of it is read. */
    async *booked({ orderKey }, signal) {
      for await (const row of client.transactions({}, signal)) {
        const found = toBooked(row)
        if (found !== undefined && (orderKey === undefined || found.orderKey === orderKey)) yield found
      }
    },
  }
}

const kinds = ['earn', 'reverse', 'restore', 'redeem', 'adjust'] as const

function toBooked(row: LeatTransaction): BookedPoints | undefined {
  const [id, orderKey, reverses] = [row[KEY], row[ORDER], row[REVERSES]]
  const kind = kinds.find((each) => each === row[KIND])
  if (typeof id !== 'string' || typeof orderKey !== 'string' || kind === undefined) return undefined
  const value = valueFrom(row[VALUE])
  return {
    id,
    orderKey,
    kind,
    points: points.absolute(row.credits),
    reference: row.uuid,
    ...(row.contact ? { member: row.contact.uuid } : {}),
    ...(typeof reverses === 'string' ? { reverses } : {}),
    ...(value ? { value } : {}),
  }
}
