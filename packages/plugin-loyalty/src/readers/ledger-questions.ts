import { KontorError, toInstant, type Clock, type LoyaltyProvider } from '@kontor/core'
import type { LedgerClient } from '../client/index.ts'

/** Questions to a ledger of your own. */
export function ledgerQuestions(client: LedgerClient, clock: Clock): LoyaltyProvider {
  return {
    async member(query, signal) {
      const found = await client.member(query, signal)
      return found && { id: found.id, ...(found.email ? { email: found.email } : {}) }
    },
    async balance(memberId, signal) {
      const found = await client.member({ id: memberId }, signal)
      if (found === undefined)
        throw new KontorError('NOT_FOUND', { message: `The ledger does not know the member ${memberId}.` })
      return {
        points: found.points,
        ...(found.pending === undefined ? {} : { pending: found.pending }),
        asOf: toInstant(clock.now()),
      }
    },
    async quote({ memberId, amount }, signal) {
      const found = await client.quote({ member: memberId, ...amount }, signal)
      if (found === undefined)
        throw new KontorError('UNSUPPORTED', {
          message: 'The ledger does not say what a purchase would earn (GET /quote).',
        })
      return found
    },
    async rewards(memberId, signal) {
      return (await client.rewards(memberId, signal))?.rewards ?? []
    },
    async *booked({ orderKey }, signal) {
      for (const each of await client.bookingsOf(orderKey, signal)) {
        const { id, key, order, kind, points, shortfall, member, reverses, value } = each
        // A ledger that is asked for one order may leave out which.
        const about = order ?? orderKey
        if (about === undefined) continue
        yield {
          id: key,
          orderKey: about,
          kind,
          points,
          reference: id,
          member,
          ...(reverses ? { reverses } : {}),
          ...(shortfall === undefined ? {} : { shortfall }),
          ...(value ? { value } : {}),
        }
      }
    },
  }
}
