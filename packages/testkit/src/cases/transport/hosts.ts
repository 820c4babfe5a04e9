import { isKontorError } from '@kontor/core'
import { openTrap, type TrapServer } from '../../stage/trap-server.ts'
import type { CaseContext } from '../../stage/context.ts'
import { witnessNetwork } from '../../stage/network-witness.ts'
import { eachHttpReader, eachReader, eachWritten, promise, whereHttp, type CaseTemplate } from '../../suite/case.ts'
import type { System } from '../../suite/system.ts'
import { readAll } from '../reading/flow.ts'
import { deliver } from '../writing/deliver.ts'
import { prepare } from '../writing/prepare.ts'
import { readThrough } from './flow.ts'

const chapter = 'transport' as const

async function withTrap(work: (trap: TrapServer) => Promise<void>): Promise<void> {
  const trap = await openTrap()
  try {
    await work(trap)
    const [visit] = trap.visits
    promise(
      visit === undefined,
      `it followed the system to a host it may not talk to: ${visit?.method} ${visit?.url}${visit?.headers['authorization'] === undefined ? '' : ', with credentials'}`,
    )
  } finally {
    await trap.close()
  }
}

export const foreignLinks: CaseTemplate = {
  chapter,
  id: 'foreign-links',
  promise: 'links in answers that lead to another host are not followed',
  applies: eachHttpReader,
  run: (context, subject) =>
    withTrap(async (trap) => {
      let origin = ''
      const { thrown, system } = await readThrough(context, subject, [], {
        before: ({ url }) => void (origin = new URL(url).origin),
        after: (_, response) => redirected(response, origin, trap.origin),
      })
      promise(
        thrown === undefined || (isKontorError(thrown) && thrown.code !== 'INTERNAL'),
        `it failed at a foreign link without saying so: ${String(thrown)}`,
      )
      promise((system.exchanges?.total ?? 0) > 0, 'it asked for nothing')
    }),
}

/** The answer with every link to `from` leading to `to`. */
async function redirected(response: Response, from: string, to: string): Promise<Response> {
  if (!/json|xml|text/.test(response.headers.get('content-type') ?? '')) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of headers) if (value.includes(from)) headers.set(name, value.replaceAll(from, to))
  const text = await response.text()
  headers.delete('content-length')
  const bare = response.status === 204 || response.status === 304
  return new Response(bare ? null : text.replaceAll(from, to), { status: response.status, headers })
}

export const foreignRedirect: CaseTemplate = {
  chapter,
  id: 'foreign-redirect',
  promise: 'a redirect to another host is not followed, and credentials do not go there',
  applies: eachHttpReader,
  run: (context, subject) =>
    withTrap(async (trap) => {
      await readThrough(context, subject, [
        { do: 'status', status: 302, headers: { location: `${trap.origin}/elsewhere` }, match: { nth: 1 } },
      ])
    }),
}

export const throughHttp: CaseTemplate = {
  chapter,
  id: 'own-requests',
  promise: 'every request goes through the `http` it was given, where limits, secrets and effects are kept',
  applies: whereHttp,
  async run(context) {
    const system = await context.start()
    const witness = witnessNetwork()
    try {
      const before = witness.seen
      await everythingOnce(context, system)
      const seen = witness.seen - before
      const through = context.requests
      promise(seen <= through, `${seen} requests left this process, and ${through} went through \`http\``)
      promise(seen > 0, 'no request was made')
    } finally {
      witness.stop()
    }
  },
}

/** Checks, reads and writes. */
async function everythingOnce(context: CaseContext, system: System): Promise<void> {
  const opened = await context.connect(system)
  await context.drive(system, () => opened.check())
  for (const subject of eachReader(context.plugin)) await readAll(context, system, subject, { opened })
  for (const subject of eachWritten(context.plugin)) {
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 1))
    await deliver(context, system, subject, wishes)
  }
}
