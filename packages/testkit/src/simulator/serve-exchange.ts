import type { ServerResponse } from 'node:http'
import { renderAnswer, Refusal, type Answer } from './answer.ts'
import type { Exchange, ExchangeRecorder } from './exchanges.ts'
import { insteadOf, runSteps, type Interruption, type Stage } from './fault-steps.ts'
import type { DrawnFault, FaultDrawer } from './faults.ts'
import type { LimitBook, LimitState } from './limits.ts'
import { halved } from './halved.ts'
import { messageOf, UnreadableBody, type SimulatorRequest } from './request.ts'
import type { Call, RouteMatch, Scene } from './route.ts'
import { cutConnection, sendAnswer } from './send-answer.ts'

/** What a simulator's server works with. */
export interface Works<World, Options> {
  readonly scene: Scene<World, Options>
  readonly faults: FaultDrawer
  readonly limits: LimitBook
  readonly exchanges: ExchangeRecorder
  route(request: SimulatorRequest): RouteMatch<World, Options> | undefined
  before?(call: Call<World, Options>): Answer | Promise<Answer | undefined> | undefined
  after?(call: Call<World, Options>, answer: Answer): Answer
  throttled(throttled: { name: string; retryAfterMs: number | undefined }, request: SimulatorRequest): Answer
  notFound(call: Call<World, Options>): Answer
  /** A mistake in the simulator itself. */
  onFailure(failure: unknown): void
  onUnknownRoute(request: SimulatorRequest): void
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

interface Course {
  readonly faults: string[]
  limit?: string
}

/** One request, from its body to the end of its answer. */
export async function serveExchange<World, Options>(
  works: Works<World, Options>,
  request: SimulatorRequest,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { clock } = works.scene
  const index = works.exchanges.nextIndex()
  const at = clock.instant()
  const match = works.route(request)
  if (match === undefined) works.onUnknownRoute(request)
  const course: Course = { faults: [] }
  const act = (fault: DrawnFault): void => {
    fault.record()
    course.faults.push(fault.action.do)
  }
  const drawn = works.faults.draw(request)
  const stage: Stage = {
    clock,
    gone,
    throttled: (retryAfterMs) => works.throttled({ name: 'fault', retryAfterMs }, request),
  }

  const result = await courseOf(works, request, match, drawn, stage, course, act)
  const rendered = 'cut' in result ? undefined : renderAnswer(result.answer, clock.now())
  const exchange: Writable<Exchange> = {
    index,
    at,
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    requestHeaders: request.headers,
    requestBody: request.body,
    ...(match === undefined ? {} : { route: match.route.pattern.pattern }),
    ...(rendered === undefined ? {} : { status: rendered.status }),
    responseHeaders: rendered?.headers ?? {},
    responseBody: rendered?.body ?? Buffer.alloc(0),
    faults: course.faults,
    ...(course.limit === undefined ? {} : { limit: course.limit }),
    ended: rendered === undefined ? 'cut' : 'answered',
  }
  // Before the first byte leaves: a caller that has its answer finds the exchange recorded.
  works.exchanges.add(exchange)
  exchange.ended =
    'cut' in result ? cutConnection(response, result.cut) : await sendAnswer(response, exchange, drawn, act, gone)
}

async function courseOf<World, Options>(
  works: Works<World, Options>,
  request: SimulatorRequest,
  match: RouteMatch<World, Options> | undefined,
  drawn: readonly DrawnFault[],
  stage: Stage,
  course: Course,
  act: (fault: DrawnFault) => void,
): Promise<Interruption> {
  const interruption = await runSteps('before', drawn, stage, act)
  if (interruption !== undefined) return interruption

  const { refused, states } = works.limits.draw(request)
  if (refused !== undefined) {
    course.limit = refused.name
    return { answer: decorate(works, callOf(works, request, match, states), works.throttled(refused, request)) }
  }

  const call = callOf(works, request, match, states)
  const late = drawn.find(isLate)
  if (late !== undefined) {
    act(late)
    works.scene.clock.after(late.action.ms, async () => void (await handle(works, call, match)))
    return (await runSteps('after', drawn, stage, act)) ?? { answer: insteadOf(late.action) }
  }
  const partial = drawn.find(isPartial)
  if (partial !== undefined) {
    await handle(works, callOf(works, halved(request), match, states), match)
    act(partial)
    return (await runSteps('after', drawn, stage, act)) ?? { answer: insteadOf(partial.action) }
  }
  const answer = await handle(works, call, match)
  return (await runSteps('after', drawn, stage, act)) ?? { answer }
}

async function handle<World, Options>(
  works: Works<World, Options>,
  call: Call<World, Options>,
  match: RouteMatch<World, Options> | undefined,
): Promise<Answer> {
  try {
    const early = await works.before?.(call)
    return decorate(works, call, early ?? (match === undefined ? works.notFound(call) : await match.route.handle(call)))
  } catch (failure) {
    if (failure instanceof Refusal) return decorate(works, call, failure.answer)
    if (failure instanceof UnreadableBody) return { status: 400, text: failure.message }
    works.onFailure(failure)
    return { status: 500, text: `the simulator itself failed: ${messageOf(failure)}` }
  }
}

function decorate<World, Options>(works: Works<World, Options>, call: Call<World, Options>, answer: Answer): Answer {
  return works.after?.(call, answer) ?? answer
}

function callOf<World, Options>(
  works: Works<World, Options>,
  request: SimulatorRequest,
  match: RouteMatch<World, Options> | undefined,
  limits: readonly LimitState[],
): Call<World, Options> {
  return { ...works.scene, ...request, params: match?.params ?? {}, limits, route: match?.route.pattern.pattern }
}

function isLate(fault: DrawnFault): fault is DrawnFault & { action: { do: 'lateEffect' } } {
  return fault.action.do === 'lateEffect'
}

function isPartial(fault: DrawnFault): fault is DrawnFault & { action: { do: 'partial' } } {
  return fault.action.do === 'partial'
}
