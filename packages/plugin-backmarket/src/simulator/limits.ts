import type { LimitDefinition, SimulatorRequest } from '@kontor/testkit/simulator'
import { z } from 'zod'

const at =
  (method: string, path: RegExp) =>
  (request: SimulatorRequest): boolean =>
    request.method === method && path.test(request.path)
const isFile = ({ path }: SimulatorRequest): boolean => /^\/(delivery_note|static)\//.test(path)

/** SKU lines that a call writes: one for a single update, the rows for a file. */
function rowsOf(request: SimulatorRequest): number {
  if (request.method !== 'POST' || !request.path.startsWith('/ws/listings')) return 0
  if (request.path !== '/ws/listings') return 1
  const { catalog } = z.object({ catalog: z.string() }).catch({ catalog: '' }).parse(request.json())
  return Math.max(1, catalog.split('\n').filter((line) => line.trim() !== '').length - 1)
}

/** The published figures. Above a burst the address is blocked for ten seconds. */
export const limits: readonly LimitDefinition[] = [
  { name: 'requests', limit: 200, per: '10s', kind: 'sliding', block: '10s', match: (request) => !isFile(request) },
  {
    name: 'offers',
    limit: 20,
    per: '10s',
    kind: 'sliding',
    block: '10s',
    match: ({ path }) => path.startsWith('/ws/listings'),
  },
  { name: 'offerRows', limit: 2000, per: '1h', kind: 'sliding', match: rowsOf },
  { name: 'careList', limit: 520, per: '1m', kind: 'sliding', match: at('GET', /^\/ws\/sav$/) },
  { name: 'careListDay', limit: 4000, per: '1d', kind: 'sliding', match: at('GET', /^\/ws\/sav$/) },
  { name: 'careDetail', limit: 600, per: '1m', kind: 'sliding', match: at('GET', /^\/ws\/sav\/\d+$/) },
  { name: 'careDetailDay', limit: 40_000, per: '1d', kind: 'sliding', match: at('GET', /^\/ws\/sav\/\d+$/) },
  { name: 'careProblem', limit: 750, per: '1m', kind: 'sliding', match: at('POST', /^\/ws\/sav\/\d+\/problem$/) },
  { name: 'careProblemDay', limit: 1000, per: '1d', kind: 'sliding', match: at('POST', /^\/ws\/sav\/\d+\/problem$/) },
  { name: 'careMessage', limit: 560, per: '1m', kind: 'sliding', match: at('POST', /^\/ws\/sav\/\d+\/msg$/) },
  { name: 'careMessageDay', limit: 40_000, per: '1d', kind: 'sliding', match: at('POST', /^\/ws\/sav\/\d+\/msg$/) },
  {
    name: 'itemTransfer',
    limit: 292,
    per: '1m',
    kind: 'sliding',
    match: at('POST', /^\/ws\/sav\/\d+\/item-transfer$/),
  },
  {
    name: 'itemTransferDay',
    limit: 500,
    per: '1d',
    kind: 'sliding',
    match: at('POST', /^\/ws\/sav\/\d+\/item-transfer$/),
  },
  { name: 'refundsDay', limit: 500, per: '1d', kind: 'sliding', match: at('POST', /^\/ws\/sav\/refund$/) },
]
