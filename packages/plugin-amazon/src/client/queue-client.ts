import type { Call, Clock, Http } from '@kontor/core'
import type { z } from 'zod'
import { QueueAttributes, ReceivedMessages } from '../wire/index.ts'
import { basicDate } from './basic-date.ts'
import { signature } from './signature.ts'

export type Message = NonNullable<z.output<typeof ReceivedMessages>['Messages']>[number]

export interface QueueAccess {
  /** `https://sqs.eu-west-1.amazonaws.com/123456789012/orders` */
  url: string
  region: string
  keyId: string
  secret: string
}

const type = 'application/x-amz-json-1.0'
/** The longest that SQS lets one wait for a message, in seconds. */
const waitSeconds = 20
/** Until then nobody else is given what we were; far longer than noting it takes. In seconds. */
const visibilitySeconds = 60

/** One queue of Amazon SQS by its JSON protocol (docs.aws.amazon.com, "Making Query API requests using AWS JSON protocol", 2026-08). */
export class QueueClient {
  readonly #http: Http
  readonly #clock: Clock
  readonly #access: QueueAccess

  constructor(http: Http, clock: Clock, access: QueueAccess) {
    this.#http = http
    this.#clock = clock
    this.#access = access
  }

  /** Up to ten messages, as soon as there is one; none after twenty seconds. */
  async receive(signal: AbortSignal): Promise<readonly Message[]> {
    const { body } = await this.#http.send({
      ...this.#signed('ReceiveMessage', {
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
      }),
      effect: 'none',
      timeoutMs: (waitSeconds + 10) * 1000,
      schema: ReceivedMessages,
      doing: 'listen to the queue of notifications',
      signal,
    })
    return body.Messages ?? []
  }

  async remove(messages: readonly Message[], signal: AbortSignal): Promise<void> {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await this.#http.send({
      ...this.#signed('DeleteMessageBatch', { Entries }),
      // What is not acknowledged comes again; twice is the same as once.
      effect: 'repeatable',
      as: 'none',
      doing: 'acknowledge notifications',
      signal,
    })
  }

  /** About how many messages wait in it. */
  async waiting(signal: AbortSignal): Promise<string> {
    const { body } = await this.#http.send({
      ...this.#signed('GetQueueAttributes', { AttributeNames: ['ApproximateNumberOfMessages'] }),
      effect: 'none',
      schema: QueueAttributes,
      doing: 'ask how many notifications wait in the queue',
      signal,
    })
    return body.Attributes.ApproximateNumberOfMessages
  }

  #signed(action: string, input: object): Pick<Call, 'method' | 'path' | 'headers' | 'body' | 'anonymous'> {
    const { url, region, keyId, secret } = this.#access
    const address = new URL('/', url)
    const data = JSON.stringify({ QueueUrl: url, ...input })
    const headers = {
      'content-type': type,
      'x-amz-date': basicDate(this.#clock.now()),
      'x-amz-target': `AmazonSQS.${action}`,
    }
    const authorization = signature(
      { method: 'POST', url: address, headers: { host: address.host, ...headers }, body: data },
      { keyId, secret, region, service: 'sqs' },
    )
    return {
      method: 'POST',
      path: address.href,
      headers: { ...headers, authorization },
      body: { data, type },
      anonymous: true,
    }
  }
}
