import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { Exchange } from '../exchanges.ts'
import { compilePath } from '../path-pattern.ts'

/** Where traffic and specification differ. Equal ones are told once. */
export interface Violation {
  /** `GET /orders/{id}` as in the specification, or the request's own method and path. */
  readonly operation: string
  /** `path`, `query`, `request body/lines/0`, `response 200`, `response 200 body/results/0/id`, `exception`. */
  readonly where: string
  readonly message: string
  /** The value that does not fit, of the first exchange. */
  readonly value?: unknown
  /** How many exchanges have it. */
  readonly times: number
  /** The first of them; absent for an unused exception. */
  readonly exchange?: Exchange
}

/** A difference we know and stand by. All that is given must fit. */
export interface SpecificationException {
  /** Why the simulator is right and the file is not, with the evidence. */
  readonly reason: string
  readonly method?: string
  /** The specification's path (`/orders/{id}`), or an expression over the request's path. */
  readonly path?: string | RegExp
  readonly where?: RegExp
  readonly message?: RegExp
}

/** A difference in one exchange. */
export interface Finding {
  readonly operation: string
  readonly where: string
  readonly message: string
  readonly value?: unknown
}

/** What a validator finds, each with the place in the value. */
export function findingsOf(validate: ValidateFunction, value: unknown, operation: string, where: string): Finding[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map((error) => ({
    operation,
    where: `${where}${error.instancePath}`,
    message: messageOf(error),
    value: error.data,
  }))
}

/** Gathers equal findings and takes out the excepted ones. */
export function createViolationList(exceptions: readonly SpecificationException[]) {
  const unreasoned = exceptions.findIndex(({ reason }) => reason.trim() === '')
  if (unreasoned !== -1)
    throw new TypeError(`exception ${unreasoned} has no reason: say why the simulator is right and the file is not`)
  const used = new Set<SpecificationException>()
  const byKey = new Map<string, Violation>()
  let excepted = 0

  return {
    add(exchange: Exchange, finding: Finding): void {
      const fitting = exceptions.filter((exception) => excepts(exception, exchange, finding))
      for (const exception of fitting) used.add(exception)
      if (fitting.length > 0) {
        excepted += 1
        return
      }
      const key = [finding.operation, finding.where.replaceAll(/\/\d+/g, '/*'), finding.message].join('\n')
      const known = byKey.get(key)
      byKey.set(key, known === undefined ? { ...finding, times: 1, exchange } : { ...known, times: known.times + 1 })
    },
    get excepted() {
      return excepted
    },
    violations(): Violation[] {
      const unused = exceptions.filter((exception) => !used.has(exception))
      return [
        ...byKey.values(),
        ...unused.map(({ reason, method = '*', path = '*' }) => unusedException(reason, `${method} ${String(path)}`)),
      ]
    },
  }
}

function unusedException(reason: string, operation: string): Violation {
  return { operation, where: 'exception', message: `nothing needs this exception any more: ${reason}`, times: 1 }
}

function excepts(
  { method, path, where, message }: SpecificationException,
  exchange: Exchange,
  finding: Finding,
): boolean {
  if (method !== undefined && method.toUpperCase() !== exchange.method) return false
  if (path instanceof RegExp && !path.test(exchange.path)) return false
  if (typeof path === 'string' && finding.operation !== `${exchange.method} ${path}` && !fitsPattern(path, exchange))
    return false
  return (where?.test(finding.where) ?? true) && (message?.test(finding.message) ?? true)
}

function fitsPattern(path: string, exchange: Exchange): boolean {
  return compilePath(path).match(exchange.path, new URLSearchParams(exchange.query)) !== undefined
}

/** Ajv's message with the words that it keeps in its parameters. */
function messageOf({ keyword, message = keyword, params }: ErrorObject): string {
  const detail: unknown = Reflect.get(params, DETAILS[keyword] ?? '')
  return detail === undefined ? message : `${message}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`
}

const DETAILS: Readonly<Record<string, string>> = {
  additionalProperties: 'additionalProperty',
  unevaluatedProperties: 'unevaluatedProperty',
  enum: 'allowedValues',
  const: 'allowedValue',
}
