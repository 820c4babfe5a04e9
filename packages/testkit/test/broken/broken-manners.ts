import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KontorError } from '@kontor/core'
import { z } from 'zod'
import { musterladen } from '../musterladen/plugin.ts'
import { broken, calls, outcomes, pages, reading, shipping, type Broken } from './variant.ts'

const { credentials: shopCredentials, limits, readers, upstream, writers } = musterladen
let checks = 0
const leaked: NodeJS.Timeout[] = []
const onExit = (): void => undefined

/** Takes back what broken plugins have left behind. */
export function cleanUp(): void {
  for (const timer of leaked.splice(0)) clearInterval(timer)
  process.removeAllListeners('SIGHUP')
  rmSync(join(tmpdir(), 'musterladen-debug.log'), { force: true })
}

const mailOf = (raw: unknown): string =>
  z.object({ buyer: z.object({ mail: z.string() }) }).safeParse(raw).data?.buyer.mail ?? ''

export const brokenManners: readonly Broken[] = [
  broken('does not say what a delivery in doubt may do', 'manifest/writers-complete', {
    manifest: { writers: { ...writers, stock: { takes: ['stock'] } as never } },
  }),
  broken('wants to be asked and cannot be', 'manifest/writers-complete', {
    manifest: { writers: { ...writers, stock: { ...writers.stock, again: 'ask' as never } } },
  }),
  broken('does not describe its config', 'manifest/config-described', {
    manifest: { config: z.strictObject({ baseUrl: z.url() }) },
  }),
  broken('takes misspelt config', 'manifest/config-described', {
    manifest: { config: z.object({ baseUrl: z.url().describe('Address of the shop.') }) },
  }),
  broken('does not say from which documents it was built', 'manifest/identity', {
    manifest: { upstream: { version: upstream?.version ?? '1', documents: [] } },
  }),
  broken('does not describe its token', 'manifest/credentials-described', {
    manifest: { credentials: { ...shopCredentials, schema: z.strictObject({ token: z.string() }) } as never },
  }),
  broken('tells nobody in German where the token is', 'manifest/credentials-described', {
    manifest: { credentials: { ...shopCredentials, guide: { en: 'Settings, API, *New token*.', de: '' } } as never },
  }),
  broken('depends on a setting that there is not', 'manifest/readers-complete', {
    manifest: { readers: { ...readers, orders: { ...readers.orders, dependsOn: ['shopId'] } } as never },
  }),
  broken('lacks a reader that it declares', 'manifest/parts-match', {
    parts: ({ readers: { shipments: _shipments, ...others }, ...parts }) => ({ ...parts, readers: others as never }),
  }),
  broken('finds fault with what is right', 'access/good-credentials', {
    parts: (parts) => ({
      ...parts,
      check: async (signal) => ({
        ...(await parts.check(signal)),
        problems: [{ level: 'error', code: 'CONFIG_INVALID', message: 'The shop has no name. Give it one.' }],
      }),
    }),
  }),
  broken('calls an account otherwise each time', 'access/good-credentials', {
    parts: (parts) => ({
      ...parts,
      check: async (signal) => ({ ...(await parts.check(signal)), account: `M-${(checks += 1)}` }),
    }),
  }),
  broken('made up its limits', 'manifest/limits-sourced', {
    manifest: { limits: { ...limits, reads: { ...limits?.reads, source: '' } } as never },
  }),
  broken('calls every account the same', 'access/other-account', {
    parts: (parts) => ({
      ...parts,
      check: async (signal) => ({ ...(await parts.check(signal)), account: 'musterladen' }),
    }),
  }),
  broken('finds wrong credentials all right', 'access/wrong-credentials', {
    parts: (parts) => ({
      ...parts,
      check: (signal) => parts.check(signal).catch(() => ({ account: 'M-1', problems: [] })),
    }),
  }),
  broken('overlooks a missing permission', 'access/forbidden', {
    parts: (parts) => ({ ...parts, check: async (signal) => ({ ...(await parts.check(signal)), problems: [] }) }),
  }),
  broken('exceeds the limit', 'transport/limits', {
    manifest: { limits: { ...limits, reads: { ...limits?.reads, burst: 600 } } as never },
  }),
  broken('draws from no bucket', 'transport/limits', { http: calls((call) => ({ ...call, take: {} })) }),
  broken('leaves most of the limit unused', 'transport/limits', {
    manifest: { limits: { ...limits, reads: { ...limits?.reads, burst: 10 } } as never },
  }),
  broken('follows links to a foreign host', 'transport/foreign-links:orders', {
    parts: reading(async function* read(right, request, { http, credentials }) {
      const { body } = await http.send({
        method: 'GET',
        path: '/orders',
        effect: 'none',
        take: { reads: 1 },
        doing: 'list orders',
        signal: request.signal,
      })
      const next = z.object({ next: z.string().nullable() }).parse(body).next
      if (next !== null) await fetch(next, { headers: { authorization: `Bearer ${credentials.token}` } })
      yield* right.read(request)
    }),
  }),
  broken('keeps a timer', 'transport/nothing-left', {
    parts(parts) {
      leaked.push(setInterval(() => undefined, 60_000))
      return parts
    },
  }),
  broken('keeps a listener on the process', 'transport/nothing-left', {
    parts(parts) {
      process.on('SIGHUP', onExit)
      return parts
    },
  }),
  broken('keeps listeners on its signal', 'transport/nothing-left', {
    parts: reading((right, request) => {
      request.signal.addEventListener('abort', onExit)
      return right.read(request)
    }),
  }),
  broken('keeps a timer for each parcel', 'transport/nothing-left', {
    parts: shipping((right) => ({
      write(batch, signal) {
        leaked.push(setInterval(() => undefined, 60_000))
        return right.write(batch, signal)
      },
    })),
  }),
  broken('keeps listeners on its signal when it writes', 'transport/nothing-left', {
    parts: shipping((right) => ({
      write(batch, signal) {
        signal.addEventListener('abort', onExit)
        return right.write(batch, signal)
      },
    })),
  }),
  broken('prints the token', 'privacy/reading:orders', {
    parts: reading((right, request, { credentials }) => {
      console.log(`reading with ${credentials.token}`)
      return right.read(request)
    }),
  }),
  // In logs, errors and outcomes the host masks it; what goes round the host it cannot mask.
  broken('writes its headers to stderr', 'privacy/reading:orders', {
    parts: reading((right, request, { credentials }) => {
      process.stderr.write(`authorization: Bearer ${credentials.token}\n`)
      return right.read(request)
    }),
  }),
  broken('leaves the token in a temporary file', 'privacy/reading:orders', {
    parts: reading((right, request, { credentials }) => {
      writeFileSync(join(tmpdir(), 'musterladen-debug.log'), `token ${credentials.token}`)
      return right.read(request)
    }),
  }),
  broken('puts the buyer’s mail into an error', 'privacy/reading:orders', {
    parts: pages((page) => ({
      ...page,
      rejected: (page.rejected ?? []).map((each) => ({
        ...each,
        error: new KontorError('RECORD_INVALID', { message: `The order of ${mailOf(each.raw)} cannot be read.` }),
      })),
    })),
  }),
  broken('repeats what the system says', 'privacy/reading:orders', {
    manifest: {
      errors: ({ text, doing, status }) =>
        status === 422 ? new KontorError('REQUEST_REJECTED', { message: `${doing}: ${text}` }) : undefined,
    },
  }),
  broken('puts the buyer into an outcome', 'privacy/writing:shipments.shipments', {
    parts: outcomes((outcome, delivery) =>
      outcome.is === 'refused'
        ? {
            ...outcome,
            error: new KontorError('REQUEST_REJECTED', { message: `The parcel ${delivery?.record.note} was refused.` }),
          }
        : outcome,
    ),
  }),
]
