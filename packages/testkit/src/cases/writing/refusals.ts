import { eachWritten, eachWrittenAbout, eachWrittenOfLines, promise, type CaseTemplate } from '../../suite/case.ts'
import { needed } from '../../stage/context.ts'
import { deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

export const refusedAlone: CaseTemplate = {
  chapter,
  id: 'refused',
  promise: 'what the system refuses ends refused with words a person can act on, and its neighbours are delivered',
  applies: eachWritten,
  async run(context, subject) {
    const scenario = context.writerScenario(subject)
    const refused = needed(scenario.refused?.bind(scenario), `scenarios.writers.${subject.label}.refused`)
    const system = await context.start()
    const [before, after] = await scenario.good(system, 2)
    const bad = await refused(system)
    if (before === undefined || after === undefined) return
    const delivered = await deliver(context, system, subject, await prepare(context, system, [before, bad, after]))
    const row = delivered.rows[1]
    promise(row?.state === 'refused', `the system refused it, and the delivery ended "${row?.state}"`)
    promise((row.outcome?.error?.message ?? '').length > 20, 'the refusal does not say what came back and what to do')
    promise(scenario.effects(system, bad.record) === 0, 'what was refused took effect all the same')
    promiseEffects(
      context,
      system,
      subject,
      { ...delivered, rows: delivered.rows.filter((one) => one !== row) },
      { when: 'beside one that was refused' },
    )
  },
}

export const partialResult: CaseTemplate = {
  chapter,
  id: 'partial',
  promise: 'of a result in parts, the outcome names the lines that took effect',
  applies: eachWrittenOfLines,
  async run(context, subject) {
    const scenario = context.writerScenario(subject)
    const partial = needed(scenario.partial?.bind(scenario), `scenarios.writers.${subject.label}.partial`)
    const system = await context.start()
    const { wish, applied } = await partial(system)
    const { rows } = await deliver(context, system, subject, await prepare(context, system, [wish]))
    promise(rows[0]?.state === 'refused', `only some lines were taken, and the delivery ended "${rows[0]?.state}"`)
    const named = rows[0].outcome?.applied ?? []
    promise(
      named.toSorted().join() === applied.toSorted().join(),
      `the lines ${applied.join(', ')} took effect; the outcome names ${named.join(', ') || 'none'}`,
    )
  },
}

export const notYet: CaseTemplate = {
  chapter,
  id: 'not-yet',
  promise: 'what comes too early waits, and is delivered when it is possible',
  applies: eachWrittenAbout,
  async run(context, subject) {
    const scenario = context.writerScenario(subject)
    const early = needed(scenario.notYet?.bind(scenario), `scenarios.writers.${subject.label}.notYet`)
    const system = await context.start()
    const { wish, ready } = await early(system)
    const [neighbour] = await scenario.good(system, 1)
    if (neighbour === undefined) return
    const wishes = await prepare(context, system, [wish, neighbour])
    const first = await deliver(context, system, subject, wishes)
    const [row, other] = first.rows
    promise(row?.state === 'waiting', `it came too early, and the delivery ended "${row?.state}"`)
    promise(scenario.effects(system, wish.record) === 0, 'it waits, and took effect all the same')
    promise(other?.state === 'done', `its neighbour in another lane ended "${other?.state}"`)
    await ready()
    first.log.append({ kind: 'woken', key: row.wish.key, at: system.clock.now() })
    const changed = await prepare(context, system, [wish])
    const second = await deliver(context, system, subject, changed, { log: first.log })
    promiseEffects(context, system, subject, second, { when: 'after it had waited' })
  },
}
