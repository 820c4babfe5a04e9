import type { Exchange } from '../exchanges.ts'
import { checkRequest } from './check-request.ts'
import { checkResponse, isDescribed } from './check-response.ts'
import { createOperationFinder } from './find-operation.ts'
import { loadSpecification } from './specification.ts'
import { createViolationList, type SpecificationException, type Violation } from './violations.ts'

export interface OpenApiCheck {
  /** The specification, YAML or JSON: OpenAPI 3.x or Swagger 2.0. Several when the vendor splits its API; each exchange is checked against the one that has its operation. */
  readonly file: string | readonly string[]
  readonly exchanges: readonly Exchange[]
  /** Known differences. One that nothing needs any more is itself a violation. */
  readonly exceptions?: readonly SpecificationException[]
  /** What the simulator has before the specification's paths. Default: nothing, or the path of any of the file's servers. */
  readonly basePath?: string
}

export interface OpenApiReport {
  /** Tests expect none. */
  readonly violations: readonly Violation[]
  /** Exchanges of which at least one half was checked. */
  readonly checked: number
  /** Answers not checked, because a fault or a limit gave them on purpose. */
  readonly skippedAnswers: number
  /** Requests not checked, because the simulator itself refused them with a 4xx. */
  readonly skippedRequests: number
  /** Findings that an exception covers. */
  readonly excepted: number
  /** The operations that were seen: `GET /orders/{id}`. */
  readonly covered: readonly string[]
}

/** These change when an answer comes, or in which pieces, but not what it says. */
const HARMLESS_FAULTS: readonly string[] = ['delay', 'slowBody', 'splitUtf8', 'hugeBody', 'cutBody']

/** Checks recorded traffic against the vendor's own description, both halves: what we send, and what our simulator answers. */
export function checkAgainstOpenApi({ file, exchanges, exceptions = [], basePath }: OpenApiCheck): OpenApiReport {
  const specifications = (typeof file === 'string' ? [file] : file).map((one) => loadSpecification(one))
  const find = createOperationFinder(specifications, basePath)
  const list = createViolationList(exceptions)
  const covered = new Set<string>()
  const counts = { checked: 0, skippedAnswers: 0, skippedRequests: 0 }

  for (const exchange of exchanges) {
    const found = find(exchange.method, exchange.path)
    const refused = isRefused(exchange)
    if (refused) counts.skippedRequests += 1
    if (typeof found === 'string') {
      // The simulator has no such thing either.
      if (refused && exchange.status === 404) continue
      counts.checked += 1
      list.add(exchange, { operation: `${exchange.method} ${exchange.path}`, where: found, message: MISSING[found] })
      continue
    }
    covered.add(found.operation.title)
    // A limit's 429 is the vendor's own; where the file describes it, it must fit.
    const skipAnswer = isFaulty(exchange) || (exchange.limit !== undefined && !isDescribed(found, exchange))
    if (skipAnswer) counts.skippedAnswers += 1
    if (refused && skipAnswer) continue
    counts.checked += 1
    const findings = [
      ...(refused ? [] : checkRequest(found, exchange)),
      ...(skipAnswer ? [] : checkResponse(found, exchange)),
    ]
    for (const finding of findings) list.add(exchange, finding)
  }
  return { violations: list.violations(), ...counts, excepted: list.excepted, covered: [...covered] }
}

const MISSING = {
  path: 'the specification has no such path',
  method: 'the specification has this path, but not with this method',
}

/** The simulator itself said that the request is wrong, as the vendor would. */
function isRefused(exchange: Exchange): boolean {
  const { status = 0 } = exchange
  return status >= 400 && status < 500 && exchange.limit === undefined && !isFaulty(exchange)
}

function isFaulty(exchange: Exchange): boolean {
  return exchange.status === undefined || exchange.faults.some((fault) => !HARMLESS_FAULTS.includes(fault))
}
