import type { SimulatorDefinition } from './define-simulator.ts'
import type { LimitDefinition } from './limits.ts'

/** The limits a simulator has with these options. */
export function limitsOf<World, Options>(
  definition: SimulatorDefinition<World, Options>,
  options: Options,
): readonly LimitDefinition[] {
  return typeof definition.limits === 'function' ? definition.limits(options) : (definition.limits ?? [])
}
