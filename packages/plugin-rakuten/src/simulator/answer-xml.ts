import type { Answer } from '@kontor/testkit/simulator'
import type { RakutenOptions } from './options.ts'

export type Xml = string

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escape = (text: string): string => text.replace(/[&<>]/g, (one) => entities[one] ?? one)

export const element = (name: string, ...content: readonly (Xml | false | undefined)[]): Xml =>
  `<${name}>${content.filter((part) => part !== undefined && part !== false).join('')}</${name}>\n`
export const text = (name: string, value: string | number | undefined): Xml =>
  `<${name}>${escape(String(value ?? ''))}</${name}>\n`
export const cdata = (name: string, value: string): Xml =>
  `<${name}><![CDATA[${value.replaceAll(']]>', ']] >')}]]></${name}>\n`
export const amount = (name: string, value: string): Xml =>
  element(name, text('amount', value), text('currency', 'EUR'))

/** "ISO-8859-1" as such systems mean it: with the quotes of windows-1252. */
const typographic: Readonly<Record<string, string>> = {
  '€': '\x80',
  '…': '\x85',
  '‘': '\x91',
  '’': '\x92',
  '“': '\x93',
  '”': '\x94',
  '–': '\x96',
  '—': '\x97',
  œ: '\x9c',
}
const latin = (body: string): Buffer =>
  Buffer.from(
    body.replace(/[€…‘’“”–—œ]/g, (one) => typographic[one] ?? '?'),
    'latin1',
  )

/** How an answer is written: three forms occur, by action. */
const forms = {
  latin: { prolog: '<?xml version="1.0" encoding="ISO-8859-1"?>\n\n\n\n', encoding: 'latin1' },
  bare: { prolog: '', encoding: 'utf8' },
} as const
const bareActions = new Set([
  'getcurrentsales',
  'acceptsale',
  'getbillinginformation',
  'getshippinginformation',
  'getiteminfos',
  'getitemtodolist',
  'getoperations',
  'getcompensationdetails',
  'contactuseraboutitem',
])
const roots: Readonly<Record<string, string>> = {
  acceptsale: 'saleacceptanceresult',
  settrackingpackageinfos: 'setshippingpackageinfosresult',
  genericimportfile: 'importresult',
  importitemshippingstatus: 'importresult',
  export: 'inventoryresult',
  confirmpreorder: 'confirmpreorder',
}
/** Namespaces differ by host and age; one of them begins with a blank. */
const namespaces = [
  'http://pmcdn.priceminister.com/res/schema/',
  'https://fr.shopping.rakuten.com/res/schema/',
  ' http://www.priceminister.com/res/schema/',
]

export function success(
  action: string,
  version: string,
  response: Xml,
  credentials: { login: string; token: string } | undefined,
): Answer {
  const form = forms[bareActions.has(action) ? 'bare' : 'latin']
  const root = roots[action] ?? `${action}result`
  const namespace = `${namespaces[action.length % namespaces.length]}${action}`
  const echo =
    credentials === undefined
      ? ''
      : text('url', `/sales_ws?action=${action}&login=${credentials.login}&pwd=${credentials.token}`)
  const body = `${form.prolog}<${root} xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n${element('request', text('version', version), text('user', credentials?.login ?? 'xxxxx'), echo)}${element('response', text('lastversion', version), text('sellerid', '123456'), response)}</${root}>`
  // The charset of the header is of no use, as at the real system.
  return {
    bytes: form.encoding === 'latin1' ? latin(body) : Buffer.from(body),
    headers: { 'content-type': 'text/xml;charset=UTF-8' },
  }
}

export function failure(
  options: RakutenOptions,
  code: string,
  message: string,
  details: readonly string[] = [],
): Answer {
  const type = code === 'ServerError' ? 'ServerError' : 'Sender'
  const list =
    details.length === 0 ? '' : element('details', ...details.map((detail) => cdata('detail', ` ${detail} `)))
  const body = `<?xml version="1.0" encoding="ISO-8859-1"?>\n<errorresponse xmlns="http://www.priceminister.com/res/schema/error">${element('error', text('type', type), text('code', code), text('message', message), list)}</errorresponse>`
  return { status: options.errorStatus, bytes: latin(body), headers: { 'content-type': 'text/xml' } }
}

export const parameterError = (options: RakutenOptions, ...details: readonly string[]): Answer =>
  failure(options, 'ParameterError', 'Problem with parameters', details)

const wall = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const partsOf = (ms: number): Readonly<Record<string, string>> =>
  Object.fromEntries(wall.formatToParts(ms).map(({ type, value }) => [type, value]))
/** Paris wall time, without a zone: `03/05/2026-09:12`. */
export function parisTime(ms: number, withSeconds = false): string {
  const part = partsOf(ms)
  return `${part['day']}/${part['month']}/${part['year']}-${part['hour']}:${part['minute']}${withSeconds ? `:${part['second']}` : ''}`
}
export function parisDate(ms: number): string {
  const part = partsOf(ms)
  return `${part['year']}-${part['month']}-${part['day']}`
}

/** The `<name>` blocks of a document that was sent to us, and the texts in them. */
export const blocksOf = (document: string, name: string): string[] =>
  [...document.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map((match) => match[1] ?? '')
export function textOf(block: string, name: string): string {
  const found = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(block)?.[1] ?? ''
  const plain = found.replace(/^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/, '$1')
  return plain
    .replace(
      /&(amp|lt|gt|quot|apos);/g,
      (_, entity: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[entity] ?? '',
    )
    .trim()
}
