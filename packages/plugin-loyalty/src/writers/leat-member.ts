import { KontorError, type Delivery, type Points } from '@kontor/core'
import type { LeatClient } from '../client/index.ts'
import type { LeatConfig } from '../config.ts'

/** Who it is, as Leat knows them; `undefined` for nobody. Creates nobody. */
export async function leatMember(
  client: LeatClient,
  { member }: Points,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (member.id) return member.id
  return member.email ? (await client.contactByEmail(member.email, signal))?.uuid : undefined
}

/** The same for a booking: whoever earns becomes a member, unless only known ones shall. */
export async function memberToBook(
  client: LeatClient,
  config: LeatConfig,
  delivery: Delivery<'points'>,
  signal: AbortSignal,
): Promise<string> {
  const { record } = delivery
  const mayCreate =
    record.kind === 'earn' && config.members === 'create' && record.extensions?.['kontor.createMember'] !== false
  if (!record.member.id && record.member.email && mayCreate)
    return (await client.findOrCreateContact(record.member.email, delivery, signal)).uuid
  const known = await leatMember(client, record, signal)
  if (known !== undefined) return known
  throw new KontorError('REQUEST_REJECTED', {
    message: record.member.email
      ? 'Nothing was booked: the buyer is no member, and only known members earn (config.members, or earn.guests of the loyalty rules).'
      : 'Nothing was booked: the record names no member.',
    vendorCode: 'no_member',
  })
}
