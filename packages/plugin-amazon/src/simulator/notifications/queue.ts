import type { Answer } from '@kontor/testkit/simulator'
import { z } from 'zod'
import {
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  nextId,
  QUEUE_PATH,
  type AmazonCall,
  type QueuedMessage,
} from '../world.ts'
import { signatureProblem } from './verify-signature.ts'

const AWS_REGIONS = { na: 'us-east-1', eu: 'eu-west-1', fe: 'us-west-2' } as const

const failure = (type: string, status = 400): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  json: { __type: `com.amazonaws.sqs#${type}`, message: `The request was refused: ${type}.` },
})

const refusals: Readonly<Record<AmazonCall['world']['queue']['state'], Answer | undefined>> = {
  up: undefined,
  down: failure('InternalFailure', 500),
  denied: failure('AccessDeniedException'),
  gone: failure('QueueDoesNotExist'),
}

const Receive = z.object({
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  WaitTimeSeconds: z.int().min(0).max(20).default(0),
  VisibilityTimeout: z.int().min(0).max(43_200).default(30),
})
const Delete = z.object({
  Entries: z
    .array(z.object({ Id: z.string(), ReceiptHandle: z.string() }))
    .min(1)
    .max(10),
})

/** `POST /` of Amazon SQS with its JSON protocol: one queue, with long polling, visibility and receipts. */
export async function queue(call: AmazonCall): Promise<Answer> {
  const problem = signatureProblem(call, {
    keyId: AWS_ACCESS_KEY_ID,
    secret: AWS_SECRET_ACCESS_KEY,
    region: AWS_REGIONS[call.options.region],
    service: 'sqs',
    signs: ['host', 'x-amz-date', 'x-amz-target'],
    now: call.clock.now(),
  })
  if (problem !== undefined) return failure(problem, 403)
  if (!(call.headers['content-type'] ?? '').startsWith('application/x-amz-json-1.0')) return failure('InvalidAction')
  const { QueueUrl } = call.json(z.object({ QueueUrl: z.url() }))
  if (new URL(QueueUrl).pathname !== QUEUE_PATH) return failure('QueueDoesNotExist')
  const refused = refusals[call.world.queue.state]
  if (refused !== undefined) return refused
  switch (call.headers['x-amz-target']) {
    case 'AmazonSQS.ReceiveMessage':
      return await receive(call)
    case 'AmazonSQS.DeleteMessageBatch':
      return remove(call)
    case 'AmazonSQS.GetQueueAttributes':
      return { json: { Attributes: { ApproximateNumberOfMessages: String(call.world.queue.messages.length) } } }
    default:
      return failure('InvalidAction')
  }
}

async function receive(call: AmazonCall): Promise<Answer> {
  const { clock, world } = call
  const { MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout } = call.json(Receive)
  const visible = (): QueuedMessage[] =>
    world.queue.messages.filter(({ visibleAt }) => visibleAt <= clock.now()).slice(0, MaxNumberOfMessages)
  if (visible().length === 0 && WaitTimeSeconds > 0) await newsOr(call, WaitTimeSeconds * 1000)
  const refused = refusals[world.queue.state]
  if (refused !== undefined) return refused
  const found = visible()
  if (found.length === 0) return { json: {} }
  return {
    json: {
      Messages: found.map((message) => {
        message.visibleAt = clock.now() + VisibilityTimeout * 1000
        message.receipt = `receipt-${nextId(world)}`
        return { MessageId: message.id, ReceiptHandle: message.receipt, Body: message.body }
      }),
    },
  }
}

async function newsOr({ clock, world }: AmazonCall, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  world.queue.waiting.add(resolve)
  const timer = clock.after(ms, resolve)
  await promise
  timer.cancel()
  world.queue.waiting.delete(resolve)
}

function remove(call: AmazonCall): Answer {
  const { Entries } = call.json(Delete)
  const { queue: held } = call.world
  const gone = new Set(Entries.map(({ ReceiptHandle }) => ReceiptHandle))
  for (const { id, receipt } of held.messages)
    if (receipt !== undefined && gone.has(receipt)) call.truth.add('message-acknowledged', id)
  held.messages = held.messages.filter(({ receipt }) => receipt === undefined || !gone.has(receipt))
  return { json: { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] } }
}
