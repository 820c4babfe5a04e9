import type { About, Return } from '@kontor/core'
import { claimReasons } from '../tables/index.ts'
import type { ItemInfosWire } from '../wire/index.ts'
import { parseParisTime } from './paris-time.ts'
import { told } from './told.ts'

/** Where a unit belongs, as the sales lists tell. */
export interface UnitHome {
  readonly purchaseId: string
  readonly lineId: string
  readonly sku: string | null
}

const aboutOf = (home: UnitHome | undefined): About | undefined =>
  home && { entity: 'orders', id: home.purchaseId, number: home.purchaseId }

/** A claim on one unit, as the to-do list names it: that there is one, and no more. */
export function toOpenClaim(itemId: string, home: UnitHome | undefined): Return {
  return told<Return>({
    entity: 'returns',
    id: itemId,
    numbers: [itemId],
    about: aboutOf(home),
    kind: { value: 'claim', source: 'CLAIM' },
    lifecycle: { value: 'requested', source: 'CLAIM' },
    lines: [lineOf(itemId, home)],
  })
}

/** A claim that the to-do list no longer names. */
export const toClosedClaim = (itemId: string): Return => ({
  entity: 'returns',
  id: itemId,
  numbers: [itemId],
  lifecycle: { value: 'closed' },
})

/** A claim with reason, comment and messages; reading them marks them as read. */
export function toClaim(wire: ItemInfosWire, home: UnitHome | undefined): Return {
  const { claim } = wire
  const source = claim?.type
  const reason =
    source === undefined ? undefined : { value: isReason(source) ? claimReasons[source] : ('unknown' as const), source }
  return told<Return>({
    ...toOpenClaim(wire.itemid, home),
    createdAt: parseParisTime(claim?.creationdate)?.instant,
    requestedAt: parseParisTime(claim?.creationdate)?.instant,
    lifecycle: {
      value: 'requested',
      ...told({ source: [claim?.state, wire.itemstate].filter((word) => word !== undefined).join(', ') || undefined }),
    },
    lines: [told({ ...lineOf(wire.itemid, home), reason, customerText: claim?.claimcomment })],
    messages: messagesOf(wire),
  })
}

const isReason = (word: string): word is keyof typeof claimReasons => Object.hasOwn(claimReasons, word)

const lineOf = (itemId: string, home: UnitHome | undefined): NonNullable<Return['lines']>[number] => ({
  id: itemId,
  ...told({ orderLineId: home?.lineId, sku: home?.sku ?? undefined }),
  quantity: { requested: 1 },
  units: [{ id: itemId }],
})

type Message = NonNullable<Return['messages']>[number]
/** Mails and messages, oldest first. One without a readable time or text is left out. */
function messagesOf(wire: ItemInfosWire): Message[] {
  const all = [
    ...wire.mail.map((one) => ({ one, byMail: true })),
    ...wire.message.map((one) => ({ one, byMail: false })),
  ]
  return all
    .flatMap(({ one, byMail }): Message[] => {
      const at = parseParisTime(one.senddate)?.instant
      const text = [one.object, one.content].filter((part) => part !== undefined).join('\n')
      if (at === undefined || text === '') return []
      const marketplace = byMail && /priceminister|rakuten/i.test(one.sender ?? '')
      return [
        {
          id: one.mailid ?? `${at}-${one.sender ?? ''}`.slice(0, 300),
          from: marketplace ? 'marketplace' : 'unknown',
          at,
          text,
        },
      ]
    })
    .toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1))
}
