import { eachHttpReader, promise, type CaseTemplate } from '../../suite/case.ts'
import { readerSpec } from '../../suite/manifest.ts'
import { promiseAll, promiseSame, readAll } from '../reading/flow.ts'
import { faultsOf, promiseArrived, promiseFired, promiseThrew, readThrough } from './flow.ts'

const chapter = 'transport' as const

export const splitUtf8: CaseTemplate = {
  chapter,
  id: 'split-utf8',
  promise: 'characters that are split between two packets arrive whole',
  applies: eachHttpReader,
  async run(context, subject) {
    const split = await readThrough(context, subject, [{ do: 'splitUtf8' }])
    promiseArrived(split, 'in split packets')
    // Where reading changes things, the same world cannot be read twice.
    if (readerSpec(context.plugin, subject.reader ?? '').effects !== undefined) return
    faultsOf(split.system).clear()
    const plain = await readAll(context, split.system, subject)
    promiseSame(plain.store, split.store, 'when characters were split between packets')
  },
}

const HUGE_BYTES = 56_000_000

export const hugeAnswer: CaseTemplate = {
  chapter,
  id: 'huge-answer',
  promise: 'an answer of more than 50 MB is refused by name, or read whole, and brings nothing down',
  applies: eachHttpReader,
  async run(context, subject) {
    const before = process.memoryUsage().rss
    const read = await readThrough(context, subject, [{ do: 'hugeBody', bytes: HUGE_BYTES, match: { times: 1 } }])
    promiseFired(read.system)
    if (read.thrown === undefined) promiseAll(read.store, read.refs, 'in an answer of 56 MB')
    else {
      const { code } = promiseThrew(read, 'at an answer of 56 MB')
      promise(code === 'ANSWER_TOO_LARGE', `an answer of 56 MB ended in ${code}; ANSWER_TOO_LARGE is its name`)
    }
    context.measured.push(
      `memory grew by ${Math.max(0, Math.round((process.memoryUsage().rss - before) / 1e6))} MB at an answer of 56 MB`,
    )
  },
}
