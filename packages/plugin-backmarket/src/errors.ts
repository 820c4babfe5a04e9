import { KontorError, type ErrorCode, type HttpFailure } from '@kontor/core'
import type { BackMarketConfig } from './config.ts'
import { platforms } from './tables/markets.ts'
import { WireError } from './wire.ts'

/** How long a burst is answered by 429. Back Market sends no Retry-After. Source: API guidelines, "Traffic limitation". */
const blockedForMs = 10_000

/** A failed exchange in one shape, whatever body it came in (A JSON object of three kinds, a bare string, text or HTML). */
interface Said {
  status: number
  /** Back Market's code: `E008`, `bot-need-challenge`, `/errors/authorization-failed`. */
  code: string | undefined
  /** Its words, without buyers' data and without markup; empty for HTML. */
  words: string
  requestId: string | undefined
  cfRay: string | undefined
  html: boolean
}

interface Rule {
  when: (said: Said) => boolean
  code: ErrorCode
  /** After "Back Market answered 401 to …". */
  tell: (said: Said, config: BackMarketConfig) => string
  key?: string
  retryAfterMs?: number
}

/** First rule that fits. Sources: responses and "Web application firewall" of the OpenAPI file; E008: observed in one client, throttling. */
const rules: readonly Rule[] = [
  {
    when: ({ status, code }) => status === 429 || code === 'E008',
    code: 'RATE_LIMITED',
    tell: () => 'It asks for fewer calls; it is tried again after its block of 10 seconds.',
    retryAfterMs: blockedForMs,
  },
  {
    when: ({ status, code, html }) => code === 'bot-need-challenge' || (status === 403 && html),
    code: 'BLOCKED',
    tell: ({ cfRay }) =>
      `Its firewall blocks us${cfRay === undefined ? '' : ` (cf-ray ${cfRay})`}. Check \`company\`, \`integration\` and \`contactEmail\` (they are the user agent), then ${cfRay === undefined ? 'tell' : 'send that reference to'} your contact at Back Market.`,
  },
  {
    when: ({ status }) => status === 401,
    code: 'AUTH_INVALID',
    key: 'credentials.token',
    tell: (_, { region, environment }) =>
      `The token is expired, of another platform than ${region} (${environment}), or from before the migration of 24 April 2023. In the back office under Options > Integrations delete the integration, reload the page, add it again, and put the new token in place.`,
  },
  {
    when: ({ status, words }) => status === 404 && /webservices? unavailable/i.test(words),
    code: 'ENDPOINT_MISMATCH',
    key: 'region',
    tell: (_, { region }) =>
      `This account has no API access on the platform "${region}". Check \`region\` (others: ${platforms[region].others}) and \`environment\`, or ask Back Market to open the API.`,
  },
  {
    when: ({ status }) => status === 403,
    code: 'AUTH_PERMISSION_MISSING',
    key: 'credentials.token',
    tell: () => 'The account may not do this. Ask your contact at Back Market to open it.',
  },
  { when: ({ status }) => status === 404, code: 'NOT_FOUND', tell: () => 'Back Market does not know this id.' },
  { when: ({ status }) => status === 408, code: 'TIMEOUT', tell: () => 'It took too long.' },
  { when: ({ status }) => status >= 500, code: 'UPSTREAM_UNAVAILABLE', tell: () => 'The fault is on its side.' },
  { when: ({ status }) => status === 409, code: 'CONFLICT', tell: () => 'It was changed meanwhile.' },
  {
    when: ({ status }) => status >= 400,
    code: 'REQUEST_REJECTED',
    tell: () => 'Correct the record at its source, then try again.',
  },
]

/** Turns a failed exchange into an error; `undefined` leaves it to the usual table. */
export function toError(failure: HttpFailure, config: BackMarketConfig): KontorError | undefined {
  const said = whatWasSaid(failure)
  const rule = rules.find(({ when }) => when(said))
  if (rule === undefined) return undefined
  const words = said.words === '' ? '' : `: “${said.words}”`
  return new KontorError(rule.code, {
    message: `Back Market answered ${said.status} to “${failure.doing}”${words}. ${rule.tell(said, config)}`,
    ...(rule.key === undefined ? {} : { key: rule.key }),
    ...(rule.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
    ...(said.code === undefined ? {} : { vendorCode: said.code }),
    exchange: {
      method: failure.method,
      url: failure.path,
      status: failure.status,
      requestId: said.requestId ?? said.cfRay,
    },
  })
}

function whatWasSaid({ status, headers, text, json }: HttpFailure): Said {
  const html = /html/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(text)
  const { code, message, fields, requestId } = WireError.parse(json)
  const named = Object.entries(fields ?? {}).map(([field, says]) => `${field}: ${[says].flat().join(' ')}`)
  const plain = html ? '' : (message ?? (json === undefined ? text : ''))
  return {
    status,
    code,
    words: withoutPersons([plain, ...named].filter((part) => part !== '').join('; ')),
    requestId,
    cfRay: headers.get('cf-ray') ?? undefined,
    html,
  }
}

/** A vendor's sentence may quote what was sent: addresses, phone numbers and device numbers stay out of messages. */
export const withoutPersons = (words: string): string =>
  words
    .replaceAll(/[^\s"'<>;,:]+@[^\s"'<>;,:]+/g, '[e-mail]')
    .replaceAll(/(?<![\w-])\+?\d[\d\s/.()-]{7,}\d(?![\w-])/g, '[number]')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
