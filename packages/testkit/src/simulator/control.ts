import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { RunningSimulator } from './define-simulator.ts'
import type { Exchange } from './exchanges.ts'
import { assertFault } from './fault-schema.ts'
import { compilePath } from './path-pattern.ts'
import { messageOf, type SimulatorRequest } from './request.ts'
import { snapshot } from './snapshot.ts'

/** Requests under this path steer the simulator; they meet no fault, no limit and no record. */
export const CONTROL_PREFIX = '/__simulator/'

type Controlled = RunningSimulator<unknown>

interface ControlCall {
  readonly simulator: Controlled
  readonly params: Record<string, string>
  readonly query: URLSearchParams
  readonly input: unknown
}

const AdvanceSchema = z.strictObject({ ms: z.number().nonnegative() })
const RateSchema = z.strictObject({ rate: z.union([z.number().nonnegative(), z.literal('manual')]) })
const LimitChangeSchema = z.strictObject({
  limit: z.number().positive().optional(),
  perMs: z.number().positive().optional(),
})

const CONTROLS: Readonly<Record<string, (call: ControlCall) => unknown>> = {
  'GET state': ({ simulator }) => stateOf(simulator),
  'GET truth': ({ simulator }) => ({ effects: simulator.truth.effects }),
  'GET world': ({ simulator }) => snapshot(simulator.world),
  'GET faults': ({ simulator }) => ({ faults: simulator.faults.list(), fired: simulator.faults.fired }),
  'POST faults': ({ simulator, input }) => {
    assertFault(input)
    return { id: simulator.faults.add(input).id }
  },
  'DELETE faults': ({ simulator }) => simulator.faults.clear(),
  'DELETE faults/:id': ({ simulator, params }) => ({ removed: simulator.faults.remove(Number(params['id'])) }),
  'GET limits': ({ simulator }) => ({ limits: simulator.limits.states() }),
  'PATCH limits/:name': ({ simulator, params, input }) => changeLimit(simulator, params['name'] ?? '', input),
  'GET exchanges': ({ simulator, query }) => exchangesOf(simulator, query),
  'DELETE exchanges': ({ simulator }) => simulator.exchanges.clear(),
  'POST clock/advance': async ({ simulator, input }) => {
    await simulator.clock.advance(AdvanceSchema.parse(input).ms)
    return { now: simulator.clock.instant() }
  },
  'POST clock/rate': ({ simulator, input }) => {
    simulator.clock.setRate(RateSchema.parse(input).rate)
    return { now: simulator.clock.instant() }
  },
  'POST act/:name': ({ simulator, params, input }) => simulator.act(params['name'] ?? '', input),
}

const ROUTES = Object.entries(CONTROLS).map(([name, control]) => {
  const [method, path] = name.split(' ')
  return { method, pattern: compilePath(`${CONTROL_PREFIX}${path}`), control }
})

/** Answers requests under the control prefix, for tests and programs in other processes. */
export function createControl(
  simulator: Controlled,
): (request: SimulatorRequest, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    try {
      for (const { method, pattern, control } of ROUTES) {
        const params = method === request.method ? pattern.match(request.path, request.query) : undefined
        if (params === undefined) continue
        const input = request.body.length === 0 ? undefined : request.json()
        const result = await control({ simulator, params, query: request.query, input })
        return answer(response, 200, snapshot(result))
      }
      answer(response, 404, { error: `no such control; there are: ${Object.keys(CONTROLS).join(', ')}` })
    } catch (failure) {
      answer(response, 400, { error: messageOf(failure) })
    }
  }
}

function answer(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
}

function stateOf(simulator: Controlled) {
  return {
    id: simulator.id,
    seed: simulator.seed,
    now: simulator.clock.instant(),
    rate: simulator.clock.rate,
    options: simulator.options,
    effects: simulator.truth.count(),
    exchanges: simulator.exchanges.total,
    inFlight: simulator.inFlight,
    unknownRoutes: simulator.unknownRoutes,
    failures: simulator.failures.map(messageOf),
  }
}

function changeLimit(simulator: Controlled, name: string, input: unknown) {
  const { limit, perMs } = LimitChangeSchema.parse(input)
  simulator.limits.change(name, {
    ...(limit === undefined ? {} : { limit }),
    ...(perMs === undefined ? {} : { per: perMs }),
  })
  return { limits: simulator.limits.states() }
}

/** How many there were; with `?bodies=1` the kept ones too, bodies in base64. */
function exchangesOf(simulator: Controlled, query: URLSearchParams) {
  const filter = {
    ...(query.get('method') === null ? {} : { method: query.get('method') ?? '' }),
    ...(query.get('path') === null ? {} : { path: query.get('path') ?? '' }),
  }
  const found = simulator.exchanges.find(filter)
  return {
    total: simulator.exchanges.total,
    count: found.length,
    ...(query.has('bodies') ? { exchanges: found.map(toWire) } : {}),
  }
}

function toWire(exchange: Exchange) {
  return {
    ...exchange,
    requestBody: exchange.requestBody.toString('base64'),
    responseBody: exchange.responseBody.toString('base64'),
  }
}
