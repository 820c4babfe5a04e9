import { createHash, createHmac } from 'node:crypto'

/** What is signed. `headers` are those that are signed, with `host` and `x-amz-date` among them. */
export interface Signable {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body: string
}

export interface SigningKey {
  keyId: string
  secret: string
  /** `eu-west-1` */
  region: string
  /** `sqs` */
  service: string
}

/**
 * The `authorization` header of AWS Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request", 2026-08). The Selling Partner API has
 * not needed it since 2023-10-02; the queues of AWS do.
 */
export function signature(
  { method, url, headers, body }: Signable,
  { keyId, secret, region, service }: SigningKey,
): string {
  const rows = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = rows.map(([name]) => name).join(';')
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&')
  const canonical = [
    method,
    url.pathname.split('/').map(encoded).join('/'),
    query,
    ...rows.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body),
  ].join('\n')
  const time = headers['x-amz-date'] ?? ''
  const scope = [time.slice(0, 8), region, service, 'aws4_request']
  const key = scope.reduce<Buffer | string>((made, part) => hmac(made, part).digest(), `AWS4${secret}`)
  const signed = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')).digest('hex')
  return `AWS4-HMAC-SHA256 Credential=${keyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signed}`
}

/** RFC 3986, where `encodeURIComponent` leaves five more signs as they are. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text)
