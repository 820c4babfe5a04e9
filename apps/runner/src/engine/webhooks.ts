import { createServer, type IncomingMessage } from 'node:http'
import { isKontorError, KontorError, type Intake } from '@kontor/core'
import type { WebhookSettings } from '../config/index.ts'
import type { Engine } from './engine.ts'
import { releaseStates } from './guard.ts'
import { told } from '../store/looks.ts'
import { applyIntake } from './intake.ts'
import type { Office } from './office.ts'
import { recordedRun } from './run.ts'

const maxBytes = 1_000_000
const part = 'webhooks'

/** What a system is told to send its webhooks to. */
export const webhookUrl = ({ url }: WebhookSettings, connection: string): string =>
  `${url.replace(/\/$/, '')}/${connection}`

/**
 * Listens for webhooks until the signal. They are one more way to obtain records and never the only one: what is refused or lost here is read anyway.
 * @throws CONFIG_INVALID where the port cannot be listened on
 */
export async function listenForWebhooks(
  engine: Engine,
  { host, port }: Pick<WebhookSettings, 'host' | 'port'>,
  signal: AbortSignal,
  listening?: (port: number) => void,
): Promise<void> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 1_000 },
    (request, response) => {
      void answer(engine, request, signal).then((status) => {
        if (status !== 200) response.setHeader('connection', 'close')
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
      })
    },
  )
  await new Promise<void>((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        new KontorError('CONFIG_INVALID', {
          message: `Webhooks cannot be listened for at ${host}:${port} (${cause.code ?? 'unknown'}). Choose another port, or end what uses this one.`,
          key: 'webhooks.port',
        }),
      ),
    )
    server.listen(port, host, () => {
      const address = server.address()
      listening?.(typeof address === 'object' && address !== null ? address.port : port)
    })
    const close = (): void => {
      server.close(() => done())
      server.closeAllConnections()
    }
    if (signal.aborted) close()
    else signal.addEventListener('abort', close, { once: true })
  })
}

/** What a webhook came to, as an HTTP status. Strangers learn nothing from it, and fill neither log nor store. */
async function answer(engine: Engine, request: IncomingMessage, signal: AbortSignal): Promise<number> {
  try {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const office = engine.offices.get(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''))
    if (!office?.parts.webhooks) return 404
    const body = await bodyOf(request)
    if (body === undefined) return 413
    const headers = new Headers(
      Object.entries(request.headersDistinct).flatMap(([name, values]): [string, string][] =>
        (values ?? []).map((value) => [name, value]),
      ),
    )
    const askedAt = engine.clock.now()
    const intake = await office.parts.webhooks.receive(
      { method: request.method ?? 'GET', headers, query: url.searchParams, body },
      signal,
    )
    await takeIn(engine, office, intake, askedAt)
    return 200
  } catch (thrown) {
    const code = isKontorError(thrown) ? thrown.code : 'INTERNAL'
    engine.log.debug('A webhook was not taken.', { code })
    if (code === 'AUTH_INVALID') return 401
    return code === 'WIRE_MISMATCH' ? 400 : 503
  }
}

async function takeIn(engine: Engine, office: Office, intake: Intake, askedAt: number): Promise<void> {
  const apply = async (run: number): Promise<void> => {
    await applyIntake(
      engine,
      { connection: office.name, reader: part, run, askedAt, backfill: false, deliver: false },
      { ...intake, look: (intake.look ?? []).map((each) => ({ ...each, reason: told })) },
    )
  }
  // Hints alone are no work worth a line of its own.
  if (intake.records.length === 0 && (intake.rejected ?? []).length === 0) return await apply(0)
  const { error } = await recordedRun(engine, { kind: 'look', connection: office.name, part }, async (run) => {
    await apply(run)
    await releaseStates(engine, run, part, office)
  })
  if (error) throw error
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
