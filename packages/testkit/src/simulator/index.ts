export { refuse, Refusal, type Answer } from './answer.ts'
export { createClock, type ClockSettings, type SimulatorClock, type SimulatorTimer } from './clock.ts'
export {
  defineSimulator,
  type RunningSimulator,
  type Simulator,
  type SimulatorDefinition,
  type StartSettings,
} from './define-simulator.ts'
export { toMs, type Duration } from './duration.ts'
export type { Exchange, ExchangeFilter, ExchangeLog } from './exchanges.ts'
export type { FaultAction, FaultInput, FaultMatch, FaultName } from './fault-schema.ts'
export type { FaultHandle, FaultSwitchboard, FiredFault } from './faults.ts'
export type { LimitBook, LimitDefinition, LimitState } from './limits.ts'
export type { MultipartPart } from './multipart.ts'
export type { PathParams } from './path-pattern.ts'
export { createRandom, type Random } from './random.ts'
export { UnreadableBody, type Parser, type SimulatorRequest } from './request.ts'
export { routesFor, type Call, type NoOptions, type Route, type RouteMaker, type Scene } from './route.ts'
export { simulatorClient, type SimulatorClient, type SimulatorState } from './simulator-client.ts'
export { createTruthLog, readEffects, reportTruth, type Effect, type TruthLog, type TruthReport } from './truth.ts'
export type { LimitKind } from './window-counter.ts'
