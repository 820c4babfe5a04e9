import { isKontorError, KontorError, toInstant, type Delivery, type Outcome, type Receipt } from '@kontor/core'
import type { Client } from '../client.ts'
import type { BackMarketConfig } from '../config.ts'
import { firstNewFolder, type ProblemType } from '../tables/problems.ts'
import { WireCareFolder } from '../wire.ts'
import { refusedAfter, type Needs } from './one-order.ts'
import { attempt, type Attempt } from './attempt.ts'

type ReceiptDelivery = Delivery<'receipts'>

/**
 * What the warehouse found. Back Market has no operation for "it has arrived": a line that is rejected or missing is declared as a problem of the
 * folder, and of what is in order the buyer is told in the folder's conversation, where the config has words for it. Neither can be asked about
 * later, so a call in doubt has no outcome, and a person looks.
 */
export function createReceiptsWriter(needs: Needs) {
  return {
    async *write(batch: readonly ReceiptDelivery[], signal: AbortSignal): AsyncGenerator<Outcome> {
      for (const delivery of batch) {
        const outcome = await writeReceipt(needs, delivery, signal)
        if (outcome !== undefined) yield outcome
      }
    },
  }
}

async function writeReceipt(
  needs: Needs,
  delivery: ReceiptDelivery,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { key, record, known } = delivery
  const folder = await folderOf(needs.client, delivery, signal)
  if (isKontorError(folder)) return refusedAfter(key, folder)
  const step = stepFor(folder, record, needs.config)
  if (isKontorError(step)) return refusedAfter(key, step)
  const { reference } = step
  // The same was told before: by a revision that adds nothing for Back Market, or by another delivery of it.
  if (step.is === 'nothing' || known?.reference === reference) return { key, is: 'already', reference }
  const made = { for: [delivery] }
  let tried: Attempt<void>
  try {
    tried = await attempt(async () =>
      step.is === 'problem'
        ? await needs.client.declareProblem(folder.id, { type: step.type, message: step.text }, made, signal)
        : await needs.client.postMessage(folder.id, { text: step.text }, made, signal),
    )
  } catch (error) {
    // Turned away at the door: certainly nothing was told.
    if (isKontorError(error) && error.code === 'RATE_LIMITED')
      return { key, is: 'waiting', error, until: toInstant(needs.clock.now() + (error.retryAfterMs ?? 0)) }
    throw error
  }
  if (tried.is === 'refused') return refusedAfter(key, tried.error)
  if (tried.is === 'doubtful') {
    needs.log.error('What was told about a return is in doubt: look at its folder before it is told again.', {
      folder: folder.id,
      told: reference,
    })
    return undefined
  }
  return { key, is: 'done', reference, look: [{ ref: { entity: 'returns', id: folder.id } }] }
}

/** The folder as it stands: by the return as Back Market told it, else by its number, which is the id here. */
async function folderOf(
  client: Client,
  { return: told, record: { about } }: ReceiptDelivery,
  signal: AbortSignal,
): Promise<WireCareFolder | KontorError> {
  const id = [told?.id, about.key?.split('/').at(-1), about.number, about.id]
    .map((each) => each?.trim())
    .find((each) => each !== undefined && /^\d{1,15}$/.test(each))
  if (id === undefined || about.entity !== 'returns')
    return new KontorError('ORDER_UNKNOWN', {
      message:
        'The receipt names no after-sales folder of Back Market. Give its number, or the key `connection/number`, as the return has it.',
    })
  const raw = await client.getCareFolder(id, signal)
  const folder = WireCareFolder.safeParse(raw)
  if (folder.success) return folder.data
  return new KontorError(raw === undefined ? 'ORDER_UNKNOWN' : 'WIRE_MISMATCH', {
    scope: 'record',
    message:
      raw === undefined
        ? `Back Market does not know an after-sales folder ${id} in this account. Correct the number at its source.`
        : `The after-sales folder ${id} cannot be read. Look at it in the back office.`,
  })
}

type Step =
  | { is: 'problem'; type: ProblemType; text: string | undefined; reference: string }
  | { is: 'message'; text: string; reference: string }
  | { is: 'nothing'; reference: string }

const inOrder = ['arrived', 'inspected', 'accepted'] as const

function stepFor(folder: WireCareFolder, receipt: Receipt, config: BackMarketConfig): Step | KontorError {
  const closed = folder.state === 9
  const fault = receipt.lines.find(
    ({ outcome, disposition }) => outcome === 'rejected' || outcome === 'missing' || disposition?.value === 'missing',
  )
  if (fault !== undefined) {
    const found = fault.outcome === 'rejected' ? 'rejected' : 'missing'
    if (closed)
      return new KontorError('REQUEST_REJECTED', {
        message: `The after-sales folder ${folder.id} is closed, and no problem can be declared on it. Write to Back Market in the back office.`,
      })
    const old = Number(folder.id) < firstNewFolder
    return {
      is: 'problem',
      type: old ? 'OTHER' : config.receipts.problems[found],
      text: old ? undefined : (noteOf(receipt) ?? config.receipts.texts[found]),
      reference: `problem ${found}`,
    }
  }
  const furthest = inOrder.findLast((each) => receipt.lines.some(({ outcome }) => outcome === each)) ?? 'arrived'
  const text = config.receipts.texts[furthest]
  // A message would open a closed folder again.
  return text === undefined || closed
    ? { is: 'nothing', reference: `nothing ${furthest}` }
    : { is: 'message', text: text.replaceAll('{folder}', folder.id), reference: `message ${furthest}` }
}

function noteOf({ lines }: Receipt): string | undefined {
  const notes = lines.flatMap(({ note }) => (note ? [note.trim()] : [])).filter((note) => note !== '')
  return notes.length === 0 ? undefined : notes.join('\n').slice(0, 2000)
}
