export {
  compareShape,
  describeDifferences,
  eightReturns,
  eightReturns as default,
  redactAnswer,
  wireEvidence,
  type ShapeDifferences,
} from './plugin.ts'
export type { EightReturnsConfig, EightReturnsCredentials } from './config.ts'
