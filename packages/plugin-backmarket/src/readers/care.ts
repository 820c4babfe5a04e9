import type { Intake, Log, Page, ReadRequest, Ref, Rejection, Return } from '@kontor/core'
import { z } from 'zod'
import type { Client } from '../client.ts'
import type { BackMarketConfig } from '../config.ts'
import { toMinuteFilter } from '../mapping/instants.ts'
import { toReturn } from '../mapping/return.ts'
import { WireCareFolder } from '../wire.ts'
import { readMovingList } from './moving-list.ts'
import { toRejection } from './rejection.ts'

/** The filter counts in minutes, and the list is small: an hour of it is met again. */
const careOverlapMs = 3_600_000

/** The newest `date_modification` of the last complete reading; without a page, for the reasons of orders. */
export const CareCheckpoint = z.object({ modified: z.string() })
export type CareCheckpoint = z.output<typeof CareCheckpoint>

interface Needs {
  client: Client
  config: BackMarketConfig
  log: Log
}

export function createCareReader(needs: Needs) {
  return {
    read: (request: ReadRequest<CareCheckpoint>) => readCare(needs, request),
    async *fetch(refs: readonly Ref[], signal: AbortSignal): AsyncGenerator<Intake<'returns'>> {
      for (const { entity, id } of refs)
        if (entity === 'returns' && /^\d+$/.test(id)) yield await toIntake(needs, [id], signal)
    },
  }
}

/** The list tells only which folders have changed; each of them is then read by itself. */
async function* readCare(
  needs: Needs,
  { since, checkpoint, signal }: ReadRequest<CareCheckpoint>,
): AsyncGenerator<Page<'returns', CareCheckpoint>> {
  const { client, log } = needs
  const before = checkpoint?.modified ?? since
  const modifiedFrom = toMinuteFilter(Date.parse(before) - (checkpoint === undefined ? 0 : careOverlapMs))
  const list = readMovingList({
    passes: [(page) => client.listCareFolders({ modifiedFrom, page }, signal)],
    fields: { id: 'id', modified: 'date_modification' },
    newest: before,
    // The documentation calls `count` the number on the current page.
    counts: false,
    log,
    what: 'after-sales folders',
  })
  for (;;) {
    const step = await list.next()
    if (step.done === true) {
      if (step.value !== undefined) yield { records: [], checkpoint: { modified: step.value } }
      return
    }
    yield {
      ...(await toIntake(
        needs,
        step.value.map(({ id }) => id),
        signal,
      )),
      checkpoint: { modified: before },
    }
  }
}

async function toIntake(
  { client, config }: Needs,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Intake<'returns'>> {
  const records: Return[] = []
  const rejected: Rejection[] = []
  for (const id of ids) {
    const raw = await client.getCareFolder(id, signal)
    if (raw === undefined) continue
    const folder = WireCareFolder.safeParse(raw)
    if (folder.success) {
      if (isOurs(folder.data, config)) records.push(toReturn(folder.data, config))
    } else rejected.push(toRejection(raw, folder.error, { entity: 'returns', what: 'After-sales folder', id }))
  }
  return { records, rejected }
}

const isOurs = ({ country_code: market }: WireCareFolder, { countries }: BackMarketConfig): boolean =>
  countries === undefined || market === null || countries.some((each) => each === market.toLowerCase())
