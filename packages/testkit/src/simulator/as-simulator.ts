import type { RunningSimulator, StartSettings } from './define-simulator.ts'

/** A simulator of whatever world and switches, as a program meets it that knows its plugin by name alone. */
export interface AnySimulator {
  readonly id: string
  readonly title: string
  start(settings?: StartSettings<Record<string, unknown>>): Promise<RunningSimulator<unknown>>
}

/** What a plugin's `simulator` module holds, from whatever copy of the kit; throws a `TypeError` when it is no simulator. */
export function asSimulator(value: unknown): AnySimulator {
  if (isSimulator(value)) return value
  throw new TypeError(
    'this is no simulator: a plugin gives { simulator } made by defineSimulator of @kontor/testkit/simulator',
  )
}

function isSimulator(value: unknown): value is AnySimulator {
  if (typeof value !== 'object' || value === null) return false
  const { id, title, start } = Object.fromEntries(
    ['id', 'title', 'start'].map((name) => [name, Reflect.get(value, name)]),
  )
  return typeof id === 'string' && typeof title === 'string' && typeof start === 'function'
}

/** Switches as they are written on a command line: `orders=50`, `name=north`, `tags=["a"]`. What is no JSON is text. */
export function parseSwitches(written: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    written.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
      if (name === undefined || value === undefined) throw new SyntaxError(`"${text}" is no switch; write name=value`)
      return [name, parseValue(value)]
    }),
  )
}

function parseValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
