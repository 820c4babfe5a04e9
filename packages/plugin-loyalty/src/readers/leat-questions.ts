import { toInstant, type Clock, type LoyaltyProvider, type Points } from '@kontor/core'
import type { LeatClient } from '../client/index.ts'
import type { LeatConfig } from '../config.ts'
import { points } from '../mapping/index.ts'
import { KEY, KIND, ORDER, REVERSES } from '../tables/attributes.ts'
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
    /** By the attributes of our bookings; the list has no filter for them, so all of it is read. For a ledger that was lost. */
    async booked({ orderKey }, signal) {
      const found: Pick<Points, 'id' | 'kind' | 'points' | 'reverses'>[] = []
      for await (const row of client.transactions({}, signal)) if (row[ORDER] === orderKey) found.push(...toBooked(row))
      return found
    },
  }
}

const kinds = ['earn', 'reverse', 'restore', 'redeem', 'adjust'] as const

function toBooked(row: LeatTransaction): Pick<Points, 'id' | 'kind' | 'points' | 'reverses'>[] {
  const [id, reverses] = [row[KEY], row[REVERSES]]
  const kind = kinds.find((each) => each === row[KIND])
  if (typeof id !== 'string' || kind === undefined) return []
  return [{ id, kind, points: points.absolute(row.credits), ...(typeof reverses === 'string' ? { reverses } : {}) }]
}
