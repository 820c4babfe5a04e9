export { refuse, Refusal, type Answer } from './answer.ts'
export { asSimulator, parseSwitches, type AnySimulator } from './as-simulator.ts'
export { createClock, type ClockSettings, type SimulatorClock, type SimulatorTimer } from './clock.ts'
export {
  defineSimulator,
  type RunningSimulator,
  type Simulator,
  type SimulatorDefinition,
  type StartSettings,
} from './define-simulator.ts'
export {
  inventAddress,
  inventEan,
  inventImei,
  inventPerson,
  type InventedAddress,
  type InventedCountry,
  type InventedPerson,
} from './invent.ts'
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
export {
  checkAgainstJsonSchema,
  type JsonSchemaCheck,
  type JsonSchemaViolation,
} from './conformity/check-json-schema.ts'
export { checkAgainstOpenApi, type OpenApiCheck, type OpenApiReport } from './conformity/check-openapi.ts'
export { loadSpecification, type Specification } from './conformity/specification.ts'
export { NO_SPECS, specsFolder } from './conformity/specs-folder.ts'
export type { SpecificationException, Violation } from './conformity/violations.ts'
