import { isKontorError, type CheckResult, type ErrorCode } from '@kontor/core'
import { describeThrown } from '../../host/read-run.ts'
import { needed, type CaseContext } from '../../stage/context.ts'
import { promise, whereCredentials, wholePlugin, type CaseTemplate } from '../../suite/case.ts'
import type { AccessScenario, Connection } from '../../suite/scenarios.ts'
import type { System } from '../../suite/system.ts'

const chapter = 'access' as const

/** The codes that `check` tells, whether as problems or thrown; each with a message a person can act on. */
async function codesOfCheck(context: CaseContext, system: System, connection: Connection): Promise<ErrorCode[]> {
  try {
    const opened = await context.connect(system, { connection })
    const { problems } = await context.drive(system, () => opened.check())
    const errors = problems.filter(({ level }) => level === 'error')
    for (const { message } of errors)
      promise(message.trim().length > 20, `the problem "${message}" does not say what to do`)
    return errors.flatMap(({ code }) => (code === undefined ? [] : [code]))
  } catch (thrown) {
    promise(isKontorError(thrown), `it threw ${describeThrown(thrown)}, which is none of the known errors`)
    return [thrown.code]
  }
}

async function accountOf(context: CaseContext, system: System, connection: Connection): Promise<string> {
  const opened = await context.connect(system, { connection })
  const { account }: CheckResult = await context.drive(system, () => opened.check())
  promise(
    account !== undefined && account !== '',
    'check does not say which account this is: two connections to one account could not be told apart',
  )
  return account
}

const good: CaseTemplate = {
  chapter,
  id: 'good-credentials',
  promise: 'check finds no error with good credentials, and names the same account each time',
  applies: wholePlugin,
  async run(context) {
    const system = await context.start()
    const connection = context.suite.connection(system)
    promise(
      (await codesOfCheck(context, system, connection)).length === 0,
      'check tells an error, and everything is right',
    )
    const [first, second] = [await accountOf(context, system, connection), await accountOf(context, system, connection)]
    promise(first === second, `check calls one account "${first}" and then "${second}"`)
  },
}

function refusal(
  id: string,
  name: 'wrong' | 'forbidden',
  sentence: string,
  allowed: readonly ErrorCode[],
): CaseTemplate {
  return {
    chapter,
    id,
    promise: sentence,
    applies: whereCredentials,
    async run(context) {
      const system = await context.start()
      const access: AccessScenario<System> = context.suite.scenarios.access ?? {}
      const connection = await needed(access[name]?.bind(access), `scenarios.access.${name}`)(system)
      const codes = await codesOfCheck(context, system, connection)
      promise(
        codes.some((code) => allowed.includes(code)),
        `check should say ${allowed.join(' or ')}, and says ${codes.join(', ') || 'that all is well'}`,
      )
    },
  }
}

const otherAccount: CaseTemplate = {
  chapter,
  id: 'other-account',
  promise: 'check tells the credentials of another account by its account',
  applies: whereCredentials,
  async run(context) {
    const system = await context.start()
    const access: AccessScenario<System> = context.suite.scenarios.access ?? {}
    const other = await needed(access.otherAccount?.bind(access), 'scenarios.access.otherAccount')(system)
    const [ours, theirs] = [
      await accountOf(context, system, context.suite.connection(system)),
      await accountOf(context, system, other),
    ]
    promise(
      ours !== theirs,
      `check says "${ours}" for the credentials of two different accounts: a pasted token of another shop would mix both`,
    )
  },
}

export const accessCases: readonly CaseTemplate[] = [
  good,
  refusal('wrong-credentials', 'wrong', 'check names wrong credentials as such', ['AUTH_INVALID', 'AUTH_EXPIRED']),
  refusal('forbidden', 'forbidden', 'check names a missing permission as such', [
    'AUTH_PERMISSION_MISSING',
    'AUTH_INVALID',
  ]),
  otherAccount,
]
