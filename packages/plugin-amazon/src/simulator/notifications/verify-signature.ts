import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { SimulatorRequest } from '@kontor/testkit/simulator'

const PATTERN =
  /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/

/**
 * What is wrong with a request that ought to be signed with Signature Version 4, in the words of AWS; `undefined` where it is right. Written from the
 * documentation of AWS ("Elements of an AWS API request signature"): it takes the signed headers as they came.
 */
export function signatureProblem(
  { method, path, headers, body }: Pick<SimulatorRequest, 'method' | 'path' | 'headers' | 'body'>,
  known: { keyId: string; secret: string; region: string; service: string; signs: readonly string[]; now: number },
): string | undefined {
  const match = PATTERN.exec(headers['authorization'] ?? '')
  if (match === null) return 'MissingAuthenticationToken'
  const [, keyId = '', date = '', region = '', service = '', names = '', given = ''] = match
  if (keyId !== known.keyId) return 'UnrecognizedClientException'
  const time = headers['x-amz-date'] ?? ''
  const at = Date.parse(time.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(known.now - at) <= 15 * 60_000) || !time.startsWith(date)) return 'SignatureDoesNotMatch'
  if (region !== known.region || service !== known.service) return 'SignatureDoesNotMatch'
  if (!known.signs.every((name) => names.split(';').includes(name))) return 'SignatureDoesNotMatch'
  let request = `${method}\n${path}\n\n`
  for (const name of names.split(';')) request += `${name}:${(headers[name] ?? '').trim()}\n`
  request += `\n${names}\n${digest(body)}`
  let key = hmac(`AWS4${known.secret}`, date)
  for (const part of [region, service, 'aws4_request']) key = hmac(key, part)
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${date}/${region}/${service}/aws4_request\n${digest(Buffer.from(request))}`
  return timingSafeEqual(hmac(key, toSign), Buffer.from(given, 'hex')) ? undefined : 'SignatureDoesNotMatch'
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
