import type { StartSettings } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, simulator, type Options } from '../src/simulator/index.ts'

const STARTS = '2026-06-01T12:00:00Z'

const Token = z.looseObject({ access_token: z.string() })

/** A running simulator whose time stands still, and a caller who has an access token. */
export async function openAmazon(options: Partial<Options> = {}, more: Partial<StartSettings<Options>> = {}) {
  const amazon = await simulator.start({
    clock: { startsAt: STARTS, rate: 'manual' },
    keepExchanges: 'all',
    ...more,
    options,
  })

  async function login(refreshToken = REFRESH_TOKEN, clientSecret = CLIENT_SECRET): Promise<string> {
    const answer = await post(`${amazon.url}/auth/o2/token`, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: CLIENT_ID,
      client_secret: clientSecret,
    })
    return Token.parse(await answer.json()).access_token
  }

  let token: string | undefined
  /** A call with the headers Amazon wants. */
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Headers; json: unknown; text: string }> {
    token ??= await login()
    const answer = await fetch(`${amazon.url}${path}`, {
      method,
      headers: {
        'x-amz-access-token': token,
        'x-amz-date': amazon.clock.instant().replaceAll(/[-:]|\.\d+/g, ''),
        'user-agent': 'Test/1.0 (Language=TypeScript)',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
    return { status: answer.status, headers: answer.headers, json, text }
  }
  return {
    amazon,
    ask,
    login,
    /** From now on calls are made with this token. */
    use: (other: string) => void (token = other),
    [Symbol.asyncDispose]: () => amazon.close(),
  }
}

/** A form, as Login with Amazon wants it. */
export function post(url: string, form: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(form) })
}

export const Failure = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string(), details: z.string() })),
})
export const codesOf = (json: unknown): string[] => Failure.parse(json).errors.map(({ code }) => code)
