import { createHmac, timingSafeEqual } from 'node:crypto'
import { KontorError, type Clock, type Intake, type Look, type WebhookRequest, type Webhooks } from '@kontor/core'
import type { BigCommerceConfig, BigCommerceCredentials } from '../config/index.ts'
import { hookSecret, SECRET_HEADER } from '../tables/hook-secret.ts'
import { WireEvent } from '../wire/index.ts'

/** Older or newer than this, a signed webhook is a replay (Standard Webhooks). */
const TOLERANCE_MS = 5 * 60_000

/**
 * Webhooks are hints: they name an id, which is then read. They are verified by the secret we put into their headers when we created them,
 * and by the signature of BigCommerce where it is sent (Standard Webhooks over the raw body, with the client secret).
 */
export function webhooks(config: BigCommerceConfig, credentials: BigCommerceCredentials, clock: Clock): Webhooks {
  const ours = hookSecret(credentials.accessToken)

  function verify({ headers, body }: WebhookRequest): void {
    if (!same(headers.get(SECRET_HEADER) ?? '', ours)) throw refused('does not carry the secret we gave it')
    const signature = headers.get('webhook-signature')
    if (signature === null || credentials.clientSecret === undefined) {
      if (config.webhooks.signature === 'required')
        throw refused('has no signature (config.webhooks.signature: required)')
      return
    }
    const [id, timestamp] = [headers.get('webhook-id') ?? '', headers.get('webhook-timestamp') ?? '']
    const age = Math.abs(clock.now() - Number(timestamp) * 1000)
    if (!(age <= TOLERANCE_MS)) throw refused('is signed for another time')
    const expected = createHmac('sha256', credentials.clientSecret)
      .update(`${id}.${timestamp}.`)
      .update(body)
      .digest('base64')
    const fits = signature.split(' ').some((one) => one.startsWith('v1,') && same(one.slice(3), expected))
    if (!fits) throw refused('has a wrong signature')
  }

  return {
    receive(request: WebhookRequest): Promise<Intake> {
      return Promise.resolve().then(() => {
        verify(request)
        return { records: [], look: hintsOf(request, credentials.storeHash) }
      })
    },
  }
}

function hintsOf({ body }: WebhookRequest, storeHash: string): Look[] {
  const event = WireEvent.safeParse(parseJson(Buffer.from(body).toString('utf8')))
  if (!event.success)
    throw new KontorError('WIRE_MISMATCH', {
      message: 'A webhook of BigCommerce does not have the form we know.',
      scope: 'record',
    })
  const { scope, producer, data } = event.data
  if (producer !== `stores/${storeHash}`) throw refused('is about another store')
  if (data.refund !== undefined)
    return [
      { ref: { entity: 'refunds', id: data.refund.refund_id }, reason: scope },
      { ref: { entity: 'orders', id: data.id }, reason: scope },
    ]
  return scope.startsWith('store/order/') ? [{ ref: { entity: 'orders', id: data.id }, reason: scope }] : []
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function same(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const refused = (why: string): KontorError =>
  new KontorError('AUTH_INVALID', {
    message: `A webhook was refused: it ${why}. Nothing is lost, reading goes on by itself.`,
    scope: 'record',
  })
