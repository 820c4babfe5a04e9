import { errorCodes, KontorError, type ErrorCode } from '@kontor/core'
import { didYouMean } from '../../config/index.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { UsageError } from '../usage-error.ts'
import type { Registration } from '../registration.ts'

const codes = Object.keys(errorCodes)
const isCode = (text: string): text is ErrorCode => codes.includes(text)

const retryWords = { never: 'not repeated', backoff: 'repeated, with growing pauses' } as const
const actorWords = {
  config: 'the operator',
  transient: 'nobody yet',
  system: 'the authors, ours or of the other system',
} as const

/** One error code in words: what it means, who has to act, what to do. */
export const explain: Registration = (program, act) =>
  void program
    .command('explain')
    .description('what an error code means, and what to do')
    .argument('[code]', 'e.g. AUTH_EXPIRED; without it, all of them')
    .action(
      act(async ({ out }, given: string | undefined) => {
        if (given === undefined) return explainAll(out)
        const code = given.toUpperCase().replaceAll('-', '_')
        if (!isCode(code))
          throw new UsageError(
            `There is no error code "${given}".${didYouMean(code, codes)} "kontor explain" lists all of them.`,
          )
        const facts = errorCodes[code]
        const exitCode = exitCodeOf(new KontorError(code, { message: code }))
        out.result({ code, ...facts, exitCode }, () => {
          out.print(out.paint.bold(code))
          out.print(facts.meaning)
          out.print()
          out.print(`What to do:   ${facts.remedy}`)
          out.print(`Who acts:     ${actorWords[facts.failureType]}`)
          out.print(`What stops:   the ${facts.scope}; it is ${retryWords[facts.retry]}`)
          out.print(`Exit code:    ${exitCode}`)
        })
      }),
    )

function explainAll(out: Parameters<Parameters<Parameters<Registration>[1]>[0]>[0]['out']): void {
  const rows = codes.filter(isCode).map((code) => ({ code, ...errorCodes[code] }))
  out.result(rows, () =>
    out.table(rows, [
      { title: 'CODE', value: (row) => row.code },
      { title: 'ACTS', value: (row) => row.failureType },
      { title: 'STOPS', value: (row) => row.scope },
      { title: 'MEANING', value: (row) => row.meaning, shrinkTo: 20 },
    ]),
  )
}
