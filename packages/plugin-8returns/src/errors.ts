import { KontorError, type ErrorCode, type HttpFailure } from '@kontor/core'
import type { EightReturnsConfig } from './config.ts'
import { endpoints, operationOf, type Operation } from './tables/endpoints.ts'
import { permissionInWords, tokenMenu, type Permission } from './tables/permissions.ts'
import { errorWords } from './wire/index.ts'

interface Failure {
  status: number
  operation: Operation | undefined
  writes: boolean
  /** A page for people where data was due. */
  html: boolean
  retryAfter: boolean
  words: string
}

interface Rule {
  when: (failure: Failure) => boolean
  code: ErrorCode
  tell: (failure: Failure) => string
  key?: string
}

const tokenForm =
  'Accounts have either an API key and a password (`credentials.apiKey`, `credentials.password`) or one token (`credentials.token`): if the values are right, try the other form.'

/** First rule that fits; no rule leaves it to the usual table. The error bodies of 8returns are not known, so the status decides. */
const rules: readonly Rule[] = [
  {
    when: ({ status }) => status === 401,
    code: 'AUTH_INVALID',
    tell: () =>
      `The credentials are wrong, deleted or of another account. ${tokenForm} Otherwise create a new token in ${tokenMenu}; it is shown once.`,
    key: 'credentials',
  },
  {
    when: ({ status, html }) => status === 403 && html,
    code: 'BLOCKED',
    tell: () =>
      'A page came back instead of data: a firewall in front of 8returns refuses us. Ask 8returns with the time of this message.',
  },
  {
    when: ({ status }) => status === 403,
    code: 'AUTH_PERMISSION_MISSING',
    tell: ({ operation }) => missingPermission(operation),
    key: 'credentials',
  },
  {
    when: ({ status, html, operation }) =>
      (status === 404 && !isOfOneReturn(operation)) || (html && status < 500 && status !== 404) || status === 405,
    code: 'ENDPOINT_MISMATCH',
    tell: ({ operation }) =>
      `The host answers, but not as 8returns does. Set \`config.baseUrl\`${operation === undefined ? '' : ` or \`config.endpoints.${operation}\``} (${certainty(operation)}).`,
    key: 'config.baseUrl',
  },
  {
    when: ({ status }) => status === 404,
    code: 'NOT_FOUND',
    tell: () => '8returns does not know this return, or has no such address.',
  },
  {
    when: ({ status, writes, retryAfter }) => status === 429 && writes && !retryAfter,
    code: 'CONFLICT',
    tell: () =>
      'It does not say to slow down, so this return is most likely being changed by somebody else. It is tried again.',
  },
  { when: ({ status }) => status === 409 || status === 412, code: 'CONFLICT', tell: () => 'It was changed meanwhile.' },
  {
    when: ({ status }) => status >= 400 && status < 500 && ![408, 423, 425, 429].includes(status),
    code: 'REQUEST_REJECTED',
    tell: () => 'Correct the record at its source, then try again.',
  },
]

/** Turns a failed exchange into an error; `undefined` leaves it to the usual table. */
export function toError(failed: HttpFailure, config: EightReturnsConfig): KontorError | undefined {
  const base = new URL(config.baseUrl).pathname.replace(/\/$/, '')
  const path = failed.path.startsWith(base) ? failed.path.slice(base.length) : failed.path
  const operation =
    methodOf(failed.method) && operationOf({ method: methodOf(failed.method) ?? 'GET', path }, config.endpoints)
  const html = /html/i.test(failed.headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(failed.text)
  const failure: Failure = {
    status: failed.status,
    operation,
    writes: failed.method !== 'GET',
    html,
    retryAfter: failed.headers.has('retry-after'),
    words: html ? '' : withoutPersons(errorWords.parse(failed.json)),
  }
  const rule = rules.find(({ when }) => when(failure))
  if (rule === undefined) return undefined
  const words = failure.words === '' ? '' : ` “${failure.words}”`
  return new KontorError(rule.code, {
    message: `8returns answered ${failed.method} ${failed.path} (${failed.doing}) with ${failed.status}${html ? ' and a web page' : ''}.${words} ${rule.tell(failure)}`,
    ...(rule.key === undefined ? {} : { key: rule.key }),
    exchange: { method: failed.method, url: failed.path, status: failed.status },
  })
}

/** "Most likely" stays in the text: what 8returns says in a 403 is not known, the name is inferred from the table of operations. */
export function missingPermission(operation: Operation | undefined): string {
  const permission: Permission = operation === undefined ? 'returns' : endpoints[operation].permission
  const needed = operation === undefined ? '' : ` Needed by: ${endpoints[operation].neededBy}.`
  return `The credential most likely lacks ${permissionInWords(permission)}. A token cannot be changed afterwards: in ${tokenMenu} create a new one with all permissions of the guide that you use, this one included, and put it in place.${needed}`
}

const certainty = (operation: Operation | undefined): string =>
  operation === undefined
    ? 'nothing is documented publicly'
    : `this address is ${endpoints[operation].evidence}: ${endpoints[operation].because}`

const isOfOneReturn = (operation: Operation | undefined): boolean =>
  operation !== undefined && endpoints[operation].path.includes('{id}')

const methodOf = (method: string): 'GET' | 'POST' | 'PUT' | 'PATCH' | undefined =>
  method === 'GET' || method === 'POST' || method === 'PUT' || method === 'PATCH' ? method : undefined

/** A vendor's sentence may quote what was sent: addresses and long numbers stay out of messages. */
export const withoutPersons = (words: string): string =>
  words
    .replaceAll(/[^\s"'<>;,:]+@[^\s"'<>;,:]+/g, '[e-mail]')
    .replaceAll(/(?<![\w-])\+?\d[\d\s/.()-]{7,}\d(?![\w-])/g, '[number]')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
