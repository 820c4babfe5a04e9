import { isState } from '@kontor/core'
import { eachWritten, eachWrittenAbout, eachWrittenEvent, promise, type CaseTemplate } from '../../suite/case.ts'
import { needed, type CaseContext } from '../../stage/context.ts'
import type { Wish } from '../../suite/scenarios.ts'
import type { Subject } from '../../suite/case.ts'
import { deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

/** Delivers a wish, then its next revision as the runner would: with what was confirmed before. */
async function revise(context: CaseContext, subject: Subject, name: 'correct' | 'cancel', when: string): Promise<void> {
  const scenario = context.writerScenario(subject)
  const revised = needed(scenario[name]?.bind(scenario), `scenarios.writers.${subject.label}.${name}`)
  const system = await context.start()
  const [wish] = await scenario.good(system, 1)
  if (wish === undefined) return
  const first = await deliver(context, system, subject, await prepare(context, system, [wish]))
  promiseEffects(context, system, subject, first, { when: 'at first' })
  await system.clock.advance(60_000)
  const reference = first.rows[0]?.reference
  const next: Wish = {
    ...(await revised(system, wish)),
    known: {
      ...(reference === undefined ? {} : { reference }),
      ...(isState(wish.record.entity) ? { record: wish.record } : {}),
    },
  }
  const second = await deliver(context, system, subject, await prepare(context, system, [next]))
  promiseEffects(context, system, subject, second, { when })
  promise(!scenario.holds(system, wish.record), `the system still holds what was delivered first, beside its revision`)
}

export const corrections: CaseTemplate = {
  chapter,
  id: 'corrections',
  promise: 'a corrected record replaces what was delivered, and does not stand beside it',
  applies: eachWritten,
  run: (context, subject) => revise(context, subject, 'correct', 'after its correction'),
}

export const cancellations: CaseTemplate = {
  chapter,
  id: 'cancellations',
  promise: 'a record that is taken back is taken back there too',
  applies: eachWrittenEvent,
  run: (context, subject) => revise(context, subject, 'cancel', 'after it was taken back'),
}

export const siblings: CaseTemplate = {
  chapter,
  id: 'siblings',
  promise: 'several deliveries of one lane, given together and in order, all take effect once',
  applies: eachWrittenAbout,
  async run(context, subject) {
    const scenario = context.writerScenario(subject)
    const related = needed(scenario.siblings?.bind(scenario), `scenarios.writers.${subject.label}.siblings`)
    const system = await context.start()
    const wishes = await prepare(context, system, await related(system))
    promise(
      new Set(wishes.map(({ lane }) => lane)).size === 1 && wishes.length > 1,
      'the scenario siblings must give several wishes about one thing',
    )
    const delivered = await deliver(context, system, subject, wishes)
    promiseEffects(context, system, subject, delivered, { when: 'beside its siblings' })
  },
}
