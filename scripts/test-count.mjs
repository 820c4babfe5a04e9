import { readFileSync } from 'node:fs'

/**
 * Prints `N passed, N failed` from vitest's JSON report. A test file that could not be loaded has no tests to count;
 * it counts as one failure, so that a broken import never looks like fewer tests.
 */
const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
const skipped = report.numPendingTests + report.numTodoTests
const failed = report.numFailedTests + unloaded.length
if (skipped > 0) console.log(`${skipped} skipped`)
console.log(`${report.numPassedTests} passed, ${failed} failed`)
if (failed > 0 || report.numPassedTests === 0) process.exitCode = 1
