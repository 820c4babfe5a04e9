/** An element of the old XML feeds (amzn-envelope.xsd): text, or children. `undefined` children are left out. */
export type Element = readonly [
  name: string,
  content: string | readonly (Element | undefined)[],
  attributes?: Readonly<Record<string, string>>,
]

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // Characters XML has no place for.
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')

function toXml([name, content, attributes = {}]: Element): string {
  const told = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escape(value)}"`)
    .join('')
  const inner =
    typeof content === 'string' ? escape(content) : content.map((each) => (each ? toXml(each) : '')).join('')
  return `<${name}${told}>${inner}</${name}>`
}

/** A feed of messages; their ids are their places, from 1. */
export function toFeed(sellerId: string, messageType: string, messages: readonly Element[]): string {
  const envelope: Element = [
    'AmazonEnvelope',
    [
      [
        'Header',
        [
          ['DocumentVersion', '1.01'],
          ['MerchantIdentifier', sellerId],
        ],
      ],
      ['MessageType', messageType],
      ...messages.map((message, index): Element => ['Message', [['MessageID', String(index + 1)], message]]),
    ],
    {
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:noNamespaceSchemaLocation': 'amzn-envelope.xsd',
    },
  ]
  return `<?xml version="1.0" encoding="UTF-8"?>\n${toXml(envelope)}`
}

/** What became of the messages: errors by message id. `undefined`: this is no processing report. */
export function errorsIn(report: string): Map<string, string> | undefined {
  if (!/<ProcessingReport[\s>]/.test(report)) return undefined
  const errors = new Map<string, string>()
  for (const [, result = ''] of report.matchAll(/<Result>(.*?)<\/Result>/gs)) {
    if (textIn(result, 'ResultCode') !== 'Error') continue
    errors.set(
      textIn(result, 'MessageID') ?? '0',
      `${textIn(result, 'ResultDescription') ?? 'no reason given'} (${textIn(result, 'ResultMessageCode') ?? 'no code'})`,
    )
  }
  return errors
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1]
  return text
    ?.replace(/^<!\[CDATA\[(.*)\]\]>$/s, '$1')
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity] ?? '')
    .trim()
    .slice(0, 300)
}
