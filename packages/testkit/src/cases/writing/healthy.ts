import { eachWritten, promise, type CaseTemplate } from '../../suite/case.ts'
import { allBegun, deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

export const takesEffect: CaseTemplate = {
  chapter,
  id: 'takes-effect',
  promise: 'each delivery has one outcome and one effect, and the system then holds what the record says',
  applies: eachWritten,
  async run(context, subject) {
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 4))
    const delivered = await deliver(context, system, subject, wishes)
    promise(delivered.troubles.length === 0, () => `it threw: ${String(delivered.troubles[0]?.thrown)}`)
    promiseEffects(context, system, subject, delivered, { when: 'in a quiet world' })
    const asked = delivered.log.entries.filter(({ kind }) => kind === 'begun')
    promise(
      asked.length > 0,
      'effects were made, and no call had begun: *begun* must be noted (`for`, or begin) before each effect',
    )
    context.facts.push(`${wishes.length} deliveries in ${delivered.opened.tap.requests.length} requests`)
  },
}

export const nothingTwice: CaseTemplate = {
  chapter,
  id: 'second-run',
  promise: 'a second run that has forgotten the answers writes nothing a second time',
  applies: eachWritten,
  async run(context, subject) {
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 3))
    const log = allBegun(context, system, wishes)
    promiseEffects(context, system, subject, await deliver(context, system, subject, wishes), {
      when: 'in the first run',
    })
    await system.clock.advance(3_600_000)
    const again = await deliver(context, system, subject, wishes, { log })
    promiseEffects(context, system, subject, again, {
      when: 'after a second run that knew only that each call had begun',
      mayPark: true,
    })
  },
}

export const planSendsNothing: CaseTemplate = {
  chapter,
  id: 'plan-mode',
  promise: 'in plan mode nothing is sent',
  applies: eachWritten,
  async run(context, subject) {
    const { KontorError } = await import('@kontor/core')
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
    const before = system.truth.count()
    let shown = 0
    const opened = await context.connect(system, {
      mode: 'plan',
      journal: {
        async begin(_, { doing }) {
          shown += 1
          throw new KontorError('PLAN_MODE', { message: `Would ${doing}.` })
        },
      },
    })
    const writer = context.writerOf(opened, subject)
    await context.drive(system, async () => {
      for (const wish of wishes) {
        try {
          for await (const outcome of writer.write([{ ...wish, record: wish.record }], new AbortController().signal))
            promise(outcome.is !== 'done' && outcome.is !== 'sent', `write says "${outcome.is}" in plan mode`)
        } catch (thrown) {
          if (!(thrown instanceof KontorError) || thrown.code !== 'PLAN_MODE') throw thrown
        }
      }
    })
    await system.clock.advance(3_600_000)
    promise(
      system.truth.count() === before,
      `something happened in the system in plan mode: ${system.truth.effects
        .slice(before)
        .map(({ what, key }) => `${what} ${key}`)
        .join(', ')}`,
    )
    promise(shown > 0, 'nothing was shown that would have been sent')
  },
}
