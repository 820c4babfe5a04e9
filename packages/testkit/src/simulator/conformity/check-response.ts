import type { Exchange } from '../exchanges.ts'
import type { FoundOperation } from './find-operation.ts'
import { mediaType, type Operation } from './operations.ts'
import { findingsOf, type Finding } from './violations.ts'

/** Whether the specification names the exchange's very status. */
export function isDescribed({ operation }: FoundOperation, exchange: Exchange): boolean {
  return operation.responses.has(String(exchange.status))
}

export function checkResponse({ specification, operation }: FoundOperation, exchange: Exchange): Finding[] {
  const { status = 0, responseBody, method } = exchange
  const { title, responses } = operation
  const where = `response ${status}`
  const finding = (message: string): Finding[] => [{ operation: title, where, message }]
  const response = responseOf(responses, status)
  if (response === undefined)
    return finding(`the specification has no answer ${status}, only: ${[...responses.keys()].join(', ')}`)
  if (method === 'HEAD') return []
  if (responseBody.length === 0)
    return response.content.size === 0 || status === 204 ? [] : finding('the answer has no body')
  if (response.content.size === 0) return finding('the answer has a body where the specification has none')
  const type = mediaType(headerOf(exchange, 'content-type'))
  const media = matchMedia(response.content, type)
  if (media === undefined)
    return finding(`content type "${type}" is not one of: ${[...response.content.keys()].join(', ')}`)
  if (media.schema === undefined || !/[/+]json$/.test(type)) return []
  const json = parseJson(responseBody)
  if (json === undefined) return finding('the body is no JSON')
  return findingsOf(specification.validator(media.schema, 'response'), json.value, title, `${where} body`)
}

/** The description of a content type: its own, a range's (`application/*`), or any type's. */
export function matchMedia(content: ReadonlyMap<string, unknown>, type: string): { schema: unknown } | undefined {
  const range = `${type.split('/')[0] ?? ''}/*`
  const name = [type, range, '*/*'].find((one) => content.has(one))
  return name === undefined ? undefined : { schema: content.get(name) }
}

function responseOf(responses: Operation['responses'], status: number) {
  return responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get('default')
}

function headerOf(exchange: Exchange, name: string): string {
  const value = exchange.responseHeaders[name]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

function parseJson(body: Buffer): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return { value }
  } catch {
    return undefined
  }
}
