import { z } from 'zod'
import { applyPatches, Patch, problemsOf } from '../listings/patch.ts'
import type { AmazonScene, Issue } from '../world.ts'

const Message = z.object({
  messageId: z.int().positive(),
  sku: z.string().min(1),
  operationType: z.enum(['UPDATE', 'PARTIAL_UPDATE', 'PATCH', 'DELETE']),
  productType: z.string().optional(),
  patches: z.array(Patch).min(1).optional(),
})

const ListingsFeed = z.object({
  header: z.object({ sellerId: z.string(), version: z.literal('2.0'), issueLocale: z.string().optional() }),
  messages: z.array(z.unknown()).min(1).max(25_000),
})

interface Finding extends Pick<Issue, 'code' | 'severity' | 'message'> {
  messageId?: number
  sku?: string
  attributeName?: string
}

const error = (code: string, message: string, of: Pick<Finding, 'messageId' | 'sku'> = {}): Finding => ({
  ...of,
  code,
  severity: 'ERROR',
  message,
})

/**
 * A JSON_LISTINGS_FEED worked off, each message for itself. Answers the processing report. `most` stops it early, as a feed that ends FATAL
 * does.
 */
export function workListingsFeed(
  scene: AmazonScene,
  { id, sellerId }: { id: string; sellerId: string },
  text: string,
  most: number,
): unknown {
  const parsed = ListingsFeed.safeParse(parse(text))
  const findings: Finding[] = []
  const seen = new Set<number>()
  let invalid = 0
  const messages = parsed.success && parsed.data.header.sellerId === sellerId ? parsed.data.messages.slice(0, most) : []
  if (messages.length === 0) findings.push(error('4000001', 'The feed is not a JSON listings feed of this seller.'))
  for (const given of messages) {
    const found = workMessage(scene, given, seen)
    findings.push(...found)
    if (found.length > 0) invalid += 1
  }
  return {
    header: { sellerId, version: '2.0', feedId: id },
    issues: findings,
    summary: {
      errors: findings.length,
      warnings: 0,
      messagesProcessed: messages.length,
      messagesAccepted: messages.length - invalid,
      messagesInvalid: invalid,
    },
  }
}

function workMessage(scene: AmazonScene, given: unknown, seen: Set<number>): Finding[] {
  const parsed = Message.safeParse(given)
  if (!parsed.success) return [error('4000002', 'The message is not of the form of the schema.')]
  const { messageId, sku, operationType, patches } = parsed.data
  if (seen.has(messageId)) return [error('4000004', 'The messageId is not unique.', { messageId, sku })]
  seen.add(messageId)
  if (operationType !== 'PATCH' || patches === undefined)
    return [error('4000005', 'Only the operationType PATCH is simulated.', { messageId, sku })]
  const problems = problemsOf(scene, sku, patches)
  if (problems.length === 0) applyPatches(scene, sku, patches)
  return problems.map(({ code, message, severity, attributeNames: [attributeName] }) => ({
    messageId,
    sku,
    code,
    severity,
    message,
    ...(attributeName === undefined ? {} : { attributeName }),
  }))
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
