export { describePlugin } from './suite/describe-plugin.ts'
export { caseTemplates, casesFor, strayPromises } from './suite/cases.ts'
export {
  MissingScenario,
  Violation,
  type CaseTemplate,
  type Chapter,
  type ConformanceCase,
  type Subject,
} from './suite/case.ts'
export { runCase, type CaseResult, type Verdict } from './suite/run-case.ts'
export { reportOf, toMarkdown, writeReport, type ConformanceReport } from './suite/report.ts'
export type { Suite, WeakerPromise } from './suite/suite.ts'
export type { System, SystemSource } from './suite/system.ts'
export type {
  AccessScenario,
  BuyerCanary,
  Connection,
  ReaderScenario,
  Scenarios,
  Wish,
  WriterScenario,
} from './suite/scenarios.ts'
export { sampleFile } from './stage/sample-files.ts'
export { goldenTable } from './fixtures/golden-table.ts'
export { loadFixtures, record, saveFixtures, type ExchangeFixture } from './fixtures/exchange-fixture.ts'
export { replay, serveFixtures, type FixtureServer } from './fixtures/replay.ts'
export { redact, type RedactRules } from './fixtures/redaction/redact.ts'
