import { isKontorError, type Cache, type Call, type Clock, type ExchangeFacts, type Http, type Log } from '@kontor/core'
import { z } from 'zod'
import type { RakutenConfig, RakutenCredentials } from '../config.ts'
import { originOf } from '../config.ts'
import { toForeignAnswer, toVendorFailure, type Attempt } from '../errors.ts'
import { limits } from '../limits.ts'
import {
  errorIn,
  isNode,
  maxDocumentBytes,
  parseXml,
  responseIn,
  rootOf,
  UnreadableDocument,
  type VendorError,
  type XmlDocument,
  type XmlValue,
} from '../wire/index.ts'
import { versions, type Action } from './actions.ts'
import { createQuota, type Purpose } from './quota.ts'

type Bucket = Extract<keyof typeof limits, string>

export interface ClientNeeds {
  http: Http<Bucket>
  clock: Clock
  cache: Cache
  log: Log
  config: RakutenConfig
  credentials: RakutenCredentials
}

export interface Request {
  readonly query?: Readonly<Record<string, string | undefined>>
  /** What the action does to the other side; the verb does not tell, since writing is done by GET. */
  readonly effect: Call['effect']
  readonly for?: Call['for']
  /** A document to send: the action becomes a POST. */
  readonly file?: { name: string; content: string }
  readonly doing: string
  /** Whether it may have the last of an hour's quota. Default: it may. */
  readonly purpose?: Purpose
  readonly signal: AbortSignal
}

/** One action of the web services: its `response`, or the error that its root element tells, whatever the HTTP status is. */
export type Exchange = (
  action: Action,
  request: Request,
) => Promise<{ response: XmlValue } | { error: VendorError; attempt: Attempt }>

const Bytes = z.instanceof(Uint8Array)

/** Errors come with any status, and the root element tells them. What a gateway says (429, 502 to 504) is left to the usual table and repeated. */
const gateway = new Set([429, 502, 503, 504])
const answered = Array.from({ length: 200 }, (_, index) => 400 + index).filter((status) => !gateway.has(status))

export function createExchange({ http, clock, cache, log, config, credentials }: ClientNeeds): Exchange {
  const mask = masker([config.login, credentials.token])
  const quota = createQuota({
    clock,
    cache,
    jitterMs: 1000 + (hashOf(config.login) % 59) * 1000,
    believed: limits.quota.burst,
  })
  const warned = new Set<string>()

  function warnOnce(action: Action, response: XmlValue): void {
    const newest = isNode(response) ? response['lastversion'] : undefined
    if (
      typeof newest !== 'string' ||
      !/^\d{4}-\d{2}-\d{2}$/.test(newest) ||
      newest <= versions[action].version ||
      warned.has(action)
    )
      return
    warned.add(action)
    log.warn('Rakuten has a newer version of an action; the one in use still works', {
      action,
      inUse: versions[action].version,
      newest,
    })
  }

  return async (action, request) => {
    await quota.draw(request.doing, request.purpose)
    const { path, version } = versions[action]
    const answer = await http.send({
      method: request.file === undefined ? 'GET' : 'POST',
      path,
      query: { action, version, channel: config.channel, ...request.query },
      ...(request.file === undefined ? {} : { multipart: formOf(request.file) }),
      as: 'bytes',
      schema: Bytes,
      accept: answered,
      effect: request.effect,
      ...(request.for === undefined ? {} : { for: request.for }),
      take: {
        calls: 1,
        quota: 1,
        ...(request.file !== undefined && action === 'genericimportfile' ? { files: 1 } : {}),
      },
      maxBytes: maxDocumentBytes,
      timeoutMs: 120_000,
      doing: request.doing,
      signal: request.signal,
    })
    const attempt: Attempt = {
      doing: request.doing,
      exchange: factsOf(request, path, answer.status, config),
      untilQuota: quota.untilNext(),
      mask,
    }
    const document = read(answer.body, answer.status, attempt)
    const error = errorIn(document)
    if (error !== undefined) {
      if (toVendorFailure(error, attempt).code === 'RATE_LIMITED') await quota.exceeded()
      return { error, attempt }
    }
    const response = responseIn(action, document)
    if (response === undefined)
      throw toForeignAnswer(answer.status, `its root element is not ${rootOf(action)}`, attempt)
    warnOnce(action, response)
    return { response }
  }
}

function read(bytes: Uint8Array, status: number, attempt: Attempt): XmlDocument {
  try {
    return parseXml(bytes)
  } catch (thrown) {
    if (thrown instanceof UnreadableDocument) throw toForeignAnswer(status, thrown.message, attempt)
    throw isKontorError(thrown) ? thrown : toForeignAnswer(status, 'it is no document', attempt)
  }
}

/** Without the query: login and token stand there. */
const factsOf = (request: Request, path: string, status: number, config: RakutenConfig): ExchangeFacts => ({
  method: request.file === undefined ? 'GET' : 'POST',
  url: `${originOf(config)}${path}`,
  status,
})

function formOf({ name, content }: { name: string; content: string }): FormData {
  const form = new FormData()
  form.append('file', new Blob([content], { type: 'text/xml' }), name)
  return form
}

function masker(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .toSorted((a, b) => b.length - a.length)
  return (text) => forms.reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
}

const hashOf = (text: string): number =>
  Array.from(text).reduce((hash, one) => (hash * 31 + (one.codePointAt(0) ?? 0)) % 1_000_003, 7)
