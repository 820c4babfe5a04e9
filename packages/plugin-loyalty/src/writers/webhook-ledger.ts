import { isKontorError, type Delivery, type Outcome, type Writer } from '@kontor/core'
import type { LedgerClient } from '../client/index.ts'
import type { WebhookLedgerConfig } from '../config.ts'
import type { LedgerBooking, NewBooking } from '../wire/index.ts'
import { absent, already, done, refused, type Booked } from './outcomes.ts'

type Wish = Delivery<'points'>

/** Books points in a ledger of your own. It honours our key, so a booking may be asked for again. */
export function webhookLedgerWriter(client: LedgerClient, config: WebhookLedgerConfig): Writer<'points'> {
  return {
    async *write(batch, signal) {
      for (const wish of batch) yield await book(wish, signal)
    },
    async *readBack(batch, signal) {
      for (const wish of batch) {
        const found = await client.booking(wish.record.id, signal)
        yield found === undefined ? absent(wish) : done(wish, found.id, bookedOf(found))
      }
    },
  }

  async function book(wish: Wish, signal: AbortSignal): Promise<Outcome> {
    try {
      const { isNew, booking } = await client.book(toBooking(wish), wish, signal)
      return (isNew ? done : already)(wish, booking.id, bookedOf(booking))
    } catch (thrown) {
      if (isKontorError(thrown) && thrown.code === 'REQUEST_REJECTED') return refused(wish, thrown)
      throw thrown
    }
  }

  function toBooking({ record }: Wish): NewBooking {
    const { about, member, value, reverses, reason, extensions } = record
    const reward = extensions?.['kontor.reward']
    return {
      key: record.id,
      kind: record.kind,
      points: record.points,
      ...(value ? { value } : {}),
      member: { ...(member.id ? { id: member.id } : {}), ...(member.email ? { email: member.email } : {}) },
      createMember:
        record.kind === 'earn' && config.members === 'create' && extensions?.['kontor.createMember'] !== false,
      order: { ...(about.key ? { key: about.key } : {}), ...(about.number ? { number: about.number } : {}) },
      ...(reverses ? { reverses } : {}),
      ...(typeof reward === 'string' ? { reward } : {}),
      ...(reason ? { reason } : {}),
    }
  }
}

const bookedOf = ({ points, member, balance, shortfall }: LedgerBooking): Booked => ({
  points,
  member,
  balance,
  shortfall,
})
