import { z } from 'zod'
import { CONTROL_PREFIX } from './control.ts'
import type { SimulatorDefinition } from './define-simulator.ts'
import type { Scene } from './route.ts'
import { toMs } from './duration.ts'
import type { LimitDefinition } from './limits.ts'
import { limitsOf } from './limits-of.ts'

/** What `kontor simulate` prints. */
export function describeSimulator<World, Options>(
  definition: SimulatorDefinition<World, Options>,
  scene: Scene<World, Options>,
): string {
  const { url, clock, options } = scene
  const sections: (readonly [title: string, lines: readonly string[]])[] = [
    [
      'What works',
      definition.routes.map(({ method, pattern, note }) => line(`${method.padEnd(6)} ${pattern.pattern}`, note)),
    ],
    ['Limits', limitsOf(definition, options).map((limit) => `${limit.name}: ${limitText(limit)}`)],
    ['Switches', switchesOf(definition, options)],
    ['Actions', Object.keys(definition.actions ?? {}).map((name) => `POST ${url}${CONTROL_PREFIX}act/${name}`)],
    [
      'Control',
      [`GET ${url}${CONTROL_PREFIX}state, truth, world, faults, limits, exchanges; POST faults, clock/advance`],
    ],
  ]
  const head = [
    `${definition.title} simulator at ${url}`,
    `It is ${clock.instant()} there, ${rateOf(clock.rate)}.`,
    definition.describe?.(scene) ?? '',
  ]
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [`${title}:`, ...lines.map((text) => `  ${text}`)].join('\n'))
  return [head.filter((text) => text !== '').join('\n'), ...body, ''].join('\n\n').trimEnd()
}

function limitText({ limit, per, kind }: LimitDefinition): string {
  const aSecond = (limit / toMs(per)) * 1000
  if (kind === 'token') return `${limit} at once, refilled with ${Number(aSecond.toPrecision(3))} a second`
  return `${limit} in ${typeof per === 'number' ? `${per / 1000}s` : per}, ${kind} window`
}

function line(text: string, note: string | undefined): string {
  return note === undefined ? text : `${text}  ${note}`
}

function rateOf(rate: number): string {
  if (rate === 0) return 'and time stands still until it is advanced'
  return rate === 1 ? 'in real time' : `and time runs ${rate} times as fast`
}

const SwitchesSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })).default({}),
})

/** Each switch with its value, and its description where the options are a zod schema that has one. */
function switchesOf<World, Options>(definition: SimulatorDefinition<World, Options>, options: Options): string[] {
  if (definition.options === undefined || typeof options !== 'object' || options === null) return []
  const schema =
    definition.options instanceof z.ZodType
      ? SwitchesSchema.parse(z.toJSONSchema(definition.options, { unrepresentable: 'any' }))
      : { properties: {} }
  const properties: Record<string, { description?: string | undefined }> = schema.properties
  return Object.entries(options).map(([name, value]) =>
    line(`--set ${name}=${JSON.stringify(value)}`, properties[name]?.description),
  )
}
