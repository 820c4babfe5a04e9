import { readOnce } from '../../host/read-run.ts'
import type { FaultInput } from '../../simulator/index.ts'
import { captureOutput } from '../../stage/captured-output.ts'
import { needed, type CaseContext } from '../../stage/context.ts'
import { temporaryFolder } from '../../stage/open-connection.ts'
import { eachReader, eachWritten, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import type { Connection } from '../../suite/scenarios.ts'
import type { System } from '../../suite/system.ts'
import { deliver } from '../writing/deliver.ts'
import { prepare } from '../writing/prepare.ts'
import { buyerCanary, Evidence, secretCanaries } from './canaries.ts'

const chapter = 'privacy' as const

/** Systems repeat in their errors what was sent to them, and more. */
function situations(connection: Connection): readonly (readonly FaultInput[])[] {
  const { credentials = null } = connection
  const echo = JSON.stringify({
    message: `invalid: ${buyerCanary.email}`,
    code: 'INVALID',
    buyer: buyerCanary,
    credentials,
  })
  const answer = (status: number): FaultInput => ({
    do: 'status',
    status,
    body: echo,
    headers: { 'content-type': 'application/json' },
  })
  return [
    [],
    [answer(401)],
    [answer(403)],
    [answer(404)],
    [answer(422)],
    [answer(500)],
    [{ do: 'status', status: 200, body: echo, headers: { 'content-type': 'application/json' } }],
    [{ do: 'html', status: 200, body: `<html><body>${echo}</body></html>` }],
    [{ do: 'reset' }],
    [{ do: 'cutBody' }],
  ]
}

interface Gathered {
  readonly evidence: Evidence
  /** What it wrote into files: those of a warehouse may name buyers, never secrets. */
  readonly files: Evidence
  readonly secrets: string[]
}

/** Does the work in each situation, in a world of its own, and gathers what was said, printed and left in temporary files. */
async function gather(
  context: CaseContext,
  work: (system: System, evidence: Evidence) => Promise<void>,
  set: (system: System, faults: readonly FaultInput[]) => void,
): Promise<Gathered> {
  const evidence = new Evidence()
  const files = new Evidence()
  const secrets: string[] = []
  const folder = await temporaryFolder()
  context.defer(folder.remove)
  const { text } = await captureOutput(async () => {
    await withTemporary(folder.path, async () => {
      const trial = await context.start()
      const count = trial.faults === undefined ? 1 : situations(context.suite.connection(trial)).length
      for (let index = 0; index < count; index += 1) {
        const system = await context.start()
        const connection = context.suite.connection(system)
        secrets.push(...secretCanaries(context, connection))
        set(system, situations(connection)[index] ?? [])
        await work(system, evidence)
      }
    })
  })
  evidence.add('what it printed', text)
  await files.addFiles(folder.path)
  return { evidence, files, secrets }
}

/** Whoever asks for the folder of temporary files meanwhile gets this one. */
async function withTemporary(folder: string, work: () => Promise<void>): Promise<void> {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  try {
    await work()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

function promiseDiscreet({ evidence, files, secrets }: Gathered): void {
  promise(evidence.size > 1, 'nothing was said at all')
  evidence.promiseNone(secrets, 'a secret of the credentials')
  files.promiseNone(secrets, 'a secret of the credentials')
  evidence.promiseNone(Object.values(buyerCanary), 'a buyer’s own data')
}

const discreetReading: CaseTemplate = {
  chapter,
  id: 'reading',
  promise:
    'no secret and no buyer’s data stands in any log, error, rejection or file of reading, whatever the system answers',
  applies: eachReader,
  async run(context, subject) {
    const scenario = context.readerScenario(subject)
    const plant = needed(scenario.plant?.bind(scenario), `scenarios.readers.${subject.reader}.plant`)
    const pending: { faults: readonly FaultInput[] } = { faults: [] }
    promiseDiscreet(
      await gather(
        context,
        async (system, evidence) => {
          const whole = await plant(system, buyerCanary)
          const broken = await plant(system, buyerCanary)
          if (whole.id !== broken.id) await scenario.malform?.(system, broken)
          for (const fault of pending.faults) system.faults?.add(fault)
          await readIndiscreetly(context, system, subject, evidence)
        },
        (_, faults) => void (pending.faults = faults),
      ),
    )
  },
}

async function readIndiscreetly(
  context: CaseContext,
  system: System,
  subject: Subject,
  evidence: Evidence,
): Promise<void> {
  const opened = await context.connect(system)
  const reader = context.readerOf(opened, subject)
  const record = ({ page }: { page: { rejected?: readonly { error: unknown; path: string }[] } }): void => {
    for (const { error, path } of page.rejected ?? []) {
      evidence.add('the error of a rejection', error)
      evidence.add('the path of a rejection', path)
    }
  }
  await context
    .drive(system, () =>
      readOnce(context.plugin, subject.reader ?? '', reader, { since: context.since, afterPage: record }),
    )
    .catch((thrown: unknown) => evidence.add('what reading threw', thrown))
  await context
    .drive(system, () => opened.check())
    .then(
      (result) => evidence.add('what check answered', result),
      (thrown: unknown) => evidence.add('what check threw', thrown),
    )
  evidence.addLog(opened)
}

const discreetWriting: CaseTemplate = {
  chapter,
  id: 'writing',
  promise:
    'no secret and no buyer’s data stands in any log, error, outcome or file of writing, whatever the system answers',
  applies: eachWritten,
  async run(context, subject) {
    const scenario = context.writerScenario(subject)
    if (scenario.plant === undefined) context.facts.push('no buyer was planted: looked for secrets alone')
    const pending: { faults: readonly FaultInput[] } = { faults: [] }
    promiseDiscreet(
      await gather(
        context,
        async (system, evidence) => {
          const wish = (await scenario.plant?.(system, buyerCanary)) ?? (await scenario.good(system, 1))[0]
          if (wish === undefined) return
          const wishes = await prepare(context, system, [wish])
          for (const fault of pending.faults) system.faults?.add({ ...fault, match: { times: 3 } })
          const delivered = await deliver(context, system, subject, wishes)
          for (const { thrown } of delivered.troubles) evidence.add('what writing threw', thrown)
          for (const said of delivered.said) evidence.add('an outcome', said)
          evidence.addLog(delivered.opened)
        },
        (_, faults) => void (pending.faults = faults),
      ),
    )
  },
}

export const privacyCases: readonly CaseTemplate[] = [discreetReading, discreetWriting]
