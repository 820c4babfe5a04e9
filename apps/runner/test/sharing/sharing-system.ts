import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { windowSeconds } from './sharing-plugin.ts'

/** A system that several processes use with one account, and what it has seen of them. */
export interface SharedSystem extends AsyncDisposable {
  origin: string
  /** Renewals with a refresh token that had been spent already: a strict system would end the authorization. */
  spentTwice: number
  renewals: number
  /** Requests that were answered, and those that came above the limit. */
  answered: number
  refused: number
  /** Those of them that came later than two windows after the first request. */
  refusedLater: number
  /**
   * Answers ÷ those that the limit allows, after the first window: the mean over stretches of whole windows, since within a window a limit may be used at
   * any time.
   */
  share: () => number
  /** Called with each access token at its first use: whether what came with it is stored. */
  firstUse: ((refresh: string) => Promise<void>) | undefined
}

/** Access tokens live for `lifeMs`; more than `perSecond` requests on average within any stretch are refused. */
export async function startSharedSystem({
  perSecond,
  lifeMs,
}: {
  perSecond: number
  lifeMs: number
}): Promise<SharedSystem> {
  let valid = 'refresh-token-0'
  let issued = 0
  const tokens = new Map<string, { refresh: string; endsAt: number; used: boolean }>()
  let window: number[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/token') {
        const refresh = new URLSearchParams(Buffer.concat(chunks).toString()).get('refresh') ?? ''
        if (refresh !== valid) {
          system.spentTwice++
          return answer(400, { error: 'invalid_grant' })
        }
        issued++
        system.renewals++
        valid = `refresh-token-${issued}`
        const access = `access-token-${issued}`
        tokens.set(access, { refresh: valid, endsAt: performance.now() + lifeMs, used: false })
        return answer(200, { access, expires: lifeMs, refresh: valid })
      }
      const access = request.headers.authorization?.replace('Bearer ', '') ?? ''
      const token = tokens.get(access)
      if (!token || token.endsAt < performance.now()) return answer(401, {})
      const now = performance.now()
      window = [...window.filter((at) => at > now - windowSeconds * 1000), now]
      if (window.length > perSecond * windowSeconds) {
        system.refused++
        if (now > (answers[0] ?? now) + 2 * windowSeconds * 1000) system.refusedLater++
        return answer(429, {})
      }
      system.answered++
      answers.push(now)
      if (token.used || !system.firstUse) return answer(200, { access })
      token.used = true
      system.firstUse(token.refresh).then(
        () => answer(200, { access }),
        () => answer(500, {}),
      )
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const system: SharedSystem = {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    spentTwice: 0,
    renewals: 0,
    answered: 0,
    refused: 0,
    refusedLater: 0,
    share() {
      const most = perSecond * windowSeconds
      const windows = Math.floor(answers.length / most) - 2
      const shares = answers.slice(most, 2 * most).map((from, index) => {
        const until = answers[most + index + windows * most] ?? Infinity
        return (windows * most * 1000) / ((until - from) * perSecond)
      })
      return shares.reduce((sum, each) => sum + each, 0) / shares.length
    },
    firstUse: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return system
}

const Told = z.object({ answered: z.number(), failures: z.array(z.string()) })

/** Lets so many processes use the system at once; answers what each told. */
export async function useTogether(
  count: number,
  use: { storeUrl: string; origin: string; perSecond: number; lastsMs: number },
): Promise<z.infer<typeof Told>[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const child = spawn(
        process.execPath,
        [
          '--conditions=@kontor/source',
          join(import.meta.dirname, 'sharing-child.ts'),
          use.storeUrl,
          use.origin,
          String(use.perSecond),
          String(use.lastsMs),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const output: Buffer[] = []
      child.stdout.on('data', (data: Buffer) => output.push(data))
      await once(child, 'close')
      return Told.parse(JSON.parse(Buffer.concat(output).toString()))
    }),
  )
}
