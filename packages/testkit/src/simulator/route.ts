import type { Answer } from './answer.ts'
import type { SimulatorClock } from './clock.ts'
import type { LimitState } from './limits.ts'
import { compilePath, type PathParams, type PathPattern } from './path-pattern.ts'
import type { Random } from './random.ts'
import type { SimulatorRequest } from './request.ts'
import type { TruthLog } from './truth.ts'

/** A simulator without switches. */
export type NoOptions = Readonly<Record<string, never>>

/** What everything in a simulator sees. */
export interface Scene<World, Options = NoOptions> {
  readonly world: World
  readonly options: Options
  readonly clock: SimulatorClock
  readonly random: Random
  readonly truth: TruthLog
  /** The simulator's own address, without a slash at the end: for links in answers. */
  readonly url: string
}

/** One request in its scene. */
export interface Call<World, Options = NoOptions, Params = Readonly<Record<string, string>>>
  extends Scene<World, Options>, SimulatorRequest {
  readonly params: Params
  /** How the limits stand that this request falls under: for rate headers. */
  readonly limits: readonly LimitState[]
  /** The route's pattern; undefined when no route fits. */
  readonly route: string | undefined
}

export interface Route<World, Options = NoOptions> {
  readonly method: string
  readonly pattern: PathPattern
  /** What it does, for people. */
  readonly note: string | undefined
  handle(call: Call<World, Options>): Answer | Promise<Answer>
}

type Handler<World, Options, Pattern extends string> = (
  call: Call<World, Options, PathParams<Pattern>>,
) => Answer | Promise<Answer>

type Declare<World, Options> = <const Pattern extends string>(
  path: Pattern,
  handle: Handler<World, Options, Pattern>,
  note?: string,
) => Route<World, Options>

export interface RouteMaker<World, Options> {
  readonly get: Declare<World, Options>
  readonly post: Declare<World, Options>
  readonly put: Declare<World, Options>
  readonly patch: Declare<World, Options>
  readonly delete: Declare<World, Options>
  readonly head: Declare<World, Options>
}

/**
 * The functions that declare a simulator's routes, typed for its world: `const route = routesFor<World>()`, then
 * `route.get('/orders/:id', ({ params, world }) => ({ json: world.orders.get(params.id) }))`. Of several patterns that fit a request the
 * most exact one takes it, whatever their order.
 */
export function routesFor<World, Options = NoOptions>(): RouteMaker<World, Options> {
  const declare =
    (method: string): Declare<World, Options> =>
    (path, handle, note) => ({
      method,
      pattern: compilePath(path),
      note,
      // The pattern says which parameters there are, and it has matched when this is called.
      handle: (call) => handle(call as Call<World, Options, PathParams<typeof path>>),
    })
  return {
    get: declare('GET'),
    post: declare('POST'),
    put: declare('PUT'),
    patch: declare('PATCH'),
    delete: declare('DELETE'),
    head: declare('HEAD'),
  }
}

export interface RouteMatch<World, Options> {
  readonly route: Route<World, Options>
  readonly params: Record<string, string>
}

/** Finds the route of a request; a HEAD without a route of its own takes the GET. Throws when two routes have one method and pattern. */
export function createRouter<World, Options>(
  routes: readonly Route<World, Options>[],
): (request: SimulatorRequest) => RouteMatch<World, Options> | undefined {
  const names = routes.map((route) => `${route.method} ${route.pattern.pattern}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`the route ${twice} is declared twice`)
  const sorted = routes.toSorted((left, right) => (left.pattern.rank < right.pattern.rank ? -1 : 1))

  const find = (method: string, request: SimulatorRequest): RouteMatch<World, Options> | undefined => {
    for (const route of sorted) {
      const params = route.method === method ? route.pattern.match(request.path, request.query) : undefined
      if (params !== undefined) return { route, params }
    }
    return undefined
  }
  return (request) => find(request.method, request) ?? (request.method === 'HEAD' ? find('GET', request) : undefined)
}
