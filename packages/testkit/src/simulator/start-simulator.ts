import { createClock, isClock, type SimulatorClock } from './clock.ts'
import { CONTROL_PREFIX, createControl } from './control.ts'
import type { RunningSimulator, SimulatorDefinition, StartSettings } from './define-simulator.ts'
import { describeSimulator } from './describe-simulator.ts'
import { createExchangeRecorder } from './exchanges.ts'
import { createFaultSwitchboard } from './faults.ts'
import { openServer } from './http-server.ts'
import { createLimitBook } from './limits.ts'
import { limitsOf } from './limits-of.ts'
import { createRandom } from './random.ts'
import { createRouter, type Scene } from './route.ts'
import { serveExchange, type Works } from './serve-exchange.ts'
import { createTruthLog } from './truth.ts'

export async function startSimulator<World, Options>(
  definition: SimulatorDefinition<World, Options>,
  settings: StartSettings<Options>,
): Promise<RunningSimulator<World, Options>> {
  const options = optionsOf(definition, settings.options ?? {})
  const router = createRouter(definition.routes)
  const seed = settings.seed ?? 1
  const random = createRandom(seed)
  const server = await openServer(settings.port ?? 0)

  const failures: unknown[] = []
  const onFailure = (failure: unknown): void => void failures.push(failure)
  const clock = clockOf(settings.clock).scope(onFailure)
  const truth = createTruthLog(() => clock.instant(), settings.truthFile)
  const faults = createFaultSwitchboard(() => clock.instant(), random.fork('faults'))
  for (const fault of settings.faults ?? []) faults.add(fault)
  const limits = createLimitBook(limitsOf(definition, options), () => clock.now())
  const exchanges = createExchangeRecorder(settings.keepExchanges ?? 10_000)
  const world = definition.world({ seed, clock, random: random.fork('world'), truth, options })

  const url = `http://127.0.0.1:${server.port}`
  const scene: Scene<World, Options> = { world, options, clock, random: random.fork('calls'), truth, url }
  const unknownRoutes: { method: string; path: string; query: string }[] = []
  const works: Works<World, Options> = {
    scene,
    faults,
    limits,
    exchanges,
    route: router,
    before: (call) => definition.before?.(call),
    after: (call, answer) => definition.after?.(call, answer) ?? answer,
    throttled: (refused, request) => definition.throttled?.(refused, request) ?? throttled(refused),
    notFound: (call) =>
      definition.notFound?.(call) ?? { status: 404, text: `no route for ${call.method} ${call.path}` },
    onFailure,
    onUnknownRoute: ({ method, path, query }) => void unknownRoutes.push({ method, path, query: query.toString() }),
  }

  let begun = 0
  let ended = 0
  const running: RunningSimulator<World, Options> = {
    id: definition.id,
    url,
    port: server.port,
    seed,
    world,
    options,
    clock,
    truth,
    faults,
    limits,
    exchanges,
    unknownRoutes,
    failures,
    get inFlight() {
      return begun - ended
    },
    act: (name, input) => actionOf(definition, name)(scene, input),
    drive: (work) => clock.drive(work, { activity: () => begun + ended }),
    describe: () => describeSimulator(definition, scene),
    async close() {
      clock.close()
      await server.close()
    },
    [Symbol.asyncDispose]: () => running.close(),
  }
  const control = createControl(running)
  server.serve(async (request, response, gone) => {
    if (request.path.startsWith(CONTROL_PREFIX)) return await control(request, response)
    begun += 1
    try {
      await serveExchange(works, request, response, gone)
    } finally {
      ended += 1
    }
  }, onFailure)
  return running
}

function optionsOf<World, Options>(definition: SimulatorDefinition<World, Options>, given: Partial<Options>): Options {
  if (definition.options !== undefined) return definition.options.parse(given)
  // Without a schema the type has no members: there is nothing to be given.
  return {} as Options
}

function clockOf(clock: StartSettings<never>['clock']): SimulatorClock {
  return clock !== undefined && isClock(clock) ? clock : createClock(clock)
}

function actionOf<World, Options>(definition: SimulatorDefinition<World, Options>, name: string) {
  const action = definition.actions?.[name]
  if (action !== undefined) return action
  const names = Object.keys(definition.actions ?? {}).join(', ')
  throw new RangeError(`the ${definition.title} simulator has no action "${name}"; it has: ${names || 'none'}`)
}

function throttled({ name, retryAfterMs }: { name: string; retryAfterMs: number | undefined }) {
  const seconds = retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1000))
  return { status: 429, headers: { 'retry-after': seconds }, text: `too many requests (${name})` }
}
