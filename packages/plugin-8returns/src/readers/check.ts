import { randomUUID } from 'node:crypto'
import { isKontorError, type CheckResult, type KontorError, type Problem } from '@kontor/core'
import type { Client } from '../client/index.ts'
import { isAllowed, type EightReturnsConfig, type EightReturnsCredentials } from '../config.ts'
import { missingPermission } from '../errors.ts'
import { assumedOperations, endpoints, operations, type Operation } from '../tables/endpoints.ts'
import { permissionInWords } from '../tables/permissions.ts'
import { compareShape, describeDifferences, WirePage, WireReturn } from '../wire/index.ts'

type Verdict = 'ok' | 'missing permission' | 'unverified' | 'failed' | 'off'
interface Finding {
  verdict: Verdict
  /** Why nothing better can be said. */
  why?: string
  problems: readonly Problem[]
}
interface Needs {
  client: Client
  config: EightReturnsConfig
  credentials: EightReturnsCredentials
}

/**
 * Asks what can be asked without touching anything, and says of every operation how certain it is. A read may set a flag in 8returns, so the
 * list is searched for something that cannot be there; writes are not tried unless that is wanted.
 */
export async function checkConnection(needs: Needs, signal: AbortSignal): Promise<CheckResult> {
  const { config, credentials } = needs
  const list = await probeList(needs, signal)
  const reachable = list.verdict === 'ok'
  const findings: Readonly<Record<Operation, Finding>> = {
    listReturns: list,
    getReturn: unverified('it is not asked for: there is no return whose reading is certain to change nothing'),
    updateReturnItems: reachable ? await probeBooking(needs, signal) : unverified('the list could not be read'),
    createReturn: assumed(config, 'createReturn', unverified('creating cannot be tried without creating')),
    createLabel: assumed(config, 'createLabel', unverified('a label cannot be tried without buying it')),
    findOrders: assumed(
      config,
      'findOrders',
      reachable ? await probeOrders(needs, signal) : unverified('the list could not be read'),
    ),
  }
  const wanted = reachable && config.check.readOne
  const row = wanted
    ? (await attempt(signal, async () => ({ ...ok, problems: await readOne(needs, signal) }))).problems
    : []
  return {
    ...(config.portal === undefined ? {} : { account: config.portal }),
    problems: [
      ...aboutCredentials(credentials),
      ...operations.flatMap((operation) => findings[operation].problems),
      ...row,
      ...aboutScopes(config),
    ],
    facts: Object.fromEntries(operations.map((operation) => [operation, inWords(operation, findings[operation])])),
  }
}

const inWords = (operation: Operation, { verdict, why }: Finding): string => {
  const { evidence, because, permission } = endpoints[operation]
  return `${verdict}${why === undefined ? '' : `, because ${why}`}; ${evidence} (${because}); needs ${permissionInWords(permission)}`
}

const ok: Finding = { verdict: 'ok', problems: [] }

const unverified = (why: string): Finding => ({ verdict: 'unverified', why, problems: [] })

function assumed(config: EightReturnsConfig, operation: (typeof assumedOperations)[number], finding: Finding): Finding {
  return isAllowed(operation, config)
    ? finding
    : { verdict: 'off', why: '`allowAssumed` does not allow it', problems: [] }
}

/** A search that finds nothing proves credentials, address and envelope without touching a return. */
async function probeList({ client, credentials }: Needs, signal: AbortSignal): Promise<Finding> {
  return attempt(
    signal,
    async () => {
      const { rows } = await client.listReturns({ search: `zz-check-${randomUUID()}`, page: 1, pageSize: 1 }, signal)
      if (rows.length === 0) return ok
      const message =
        'The search term is not honoured: a search for nothing found a return. A return that cannot be read by id may then not be found again.'
      return { verdict: 'ok', problems: [{ level: 'warning', message }] }
    },
    (error) => (error.code === 'AUTH_INVALID' ? otherMode(error, credentials) : undefined),
  )
}

/** The other form of the credentials is suggested, never tried: a wrong attempt may count against the account. */
const otherMode = (error: KontorError, { apiKey }: EightReturnsCredentials): Problem => ({
  level: 'error',
  code: error.code,
  key: 'credentials',
  message:
    apiKey === undefined
      ? `${error.message} You use the single token; accounts seen in public code have an API key and a password.`
      : `${error.message} You use API key and password; if the dashboard showed a single token, put it into \`credentials.token\` instead.`,
})

async function probeBooking({ client, config }: Needs, signal: AbortSignal): Promise<Finding> {
  if (!config.check.probeWrites)
    return unverified('a booking cannot be tried without booking; `check.probeWrites` books an item of return 0')
  return attempt(signal, async () => {
    const status = await client.probeBooking(signal)
    const said = `\`check.probeWrites\`: a booking of return 0 was sent and answered with ${status}.`
    if (status === 404 || status === 422)
      return {
        verdict: 'ok',
        problems: [{ level: 'info', message: `${said} So the credential may most likely book.` }],
      }
    if (status === 403 || status === 401)
      return {
        verdict: 'missing permission',
        problems: [
          {
            level: 'error',
            code: 'AUTH_PERMISSION_MISSING',
            key: 'credentials',
            message: `${said} ${missingPermission('updateReturnItems')}`,
          },
        ],
      }
    return {
      verdict: 'unverified',
      problems: [{ level: 'warning', message: `${said} That says nothing about the permission.` }],
    }
  })
}

async function probeOrders({ client }: Needs, signal: AbortSignal): Promise<Finding> {
  return attempt(signal, async () => {
    await client.findOrders(`zz-check-${randomUUID()}`, signal)
    return ok
  })
}

/** One real return: is its form what we believe, and is the customer there when wanted, and absent when not? */
async function readOne({ client, config }: Needs, signal: AbortSignal): Promise<readonly Problem[]> {
  const answer = await client.recordReturns({ page: 1, pageSize: 1, newestFirst: true }, signal)
  const page = WirePage.safeParse(answer)
  const rows = page.success ? page.data.rows : []
  const differences = describeDifferences(compareShape('listReturns', answer))
  return [
    ...differences.map((each): Problem => ({
      level: 'info',
      message: `The form of the list differs from what we assume: ${each}.`,
    })),
    ...rows.flatMap((raw): readonly Problem[] => {
      const parsed = WireReturn.safeParse(raw)
      return parsed.success
        ? aboutCustomer(parsed.data.customer, config)
        : [
            {
              level: 'error',
              code: 'RECORD_INVALID',
              message: 'The newest return does not have the form we know; reading will reject it.',
            },
          ]
    }),
  ]
}

function aboutCustomer(customer: unknown, { pii }: EightReturnsConfig): readonly Problem[] {
  const there = customer !== null && customer !== undefined
  if (pii.customer && !there)
    return [
      {
        level: 'warning',
        code: 'PERMISSION_SUSPECTED',
        key: 'credentials',
        message: `\`pii.customer\` is on, and the return that was read has no customer. The credential most likely lacks ${permissionInWords('customers')}; or this customer was erased.`,
      },
    ]
  if (!pii.customer && there)
    return [
      {
        level: 'info',
        key: 'credentials',
        message: `The credential sees customers, which is more than this configuration needs (\`pii.customer\` is off): most likely it has ${permissionInWords('customers')}. Nothing of it is kept. A token without it is safer.`,
      },
    ]
  return []
}

/** What a token has beyond need is visible only for customers; the rest is said, not guessed. */
function aboutScopes(config: EightReturnsConfig): readonly Problem[] {
  const needed = new Set([
    'returns' as const,
    ...(config.pii.customer ? ['customers' as const] : []),
    ...assumedOperations.filter((each) => isAllowed(each, config)).map((each) => endpoints[each].permission),
  ])
  return [
    {
      level: 'info',
      message: `This configuration needs ${[...needed].map(permissionInWords).join(', ')}, and nothing else. Which permissions a token has cannot be asked; that 8returns enforces them is not documented.`,
    },
  ]
}

const aboutCredentials = ({ padded }: EightReturnsCredentials): readonly Problem[] =>
  padded
    ? [
        {
          level: 'warning',
          key: 'credentials',
          message: 'Blanks or line breaks around a credential were taken off; store it without them.',
        },
      ]
    : []

/** Failures are findings; only an abort rises. */
async function attempt(
  signal: AbortSignal,
  work: () => Promise<Finding>,
  tell: (error: KontorError) => Problem | undefined = () => undefined,
): Promise<Finding> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (!isKontorError(error) || error.code === 'ABORTED') throw error
    if (error.code === 'PLAN_MODE') return unverified('in plan mode nothing is sent')
    const problem = tell(error) ?? {
      level: 'error',
      message: error.message,
      code: error.code,
      ...(error.key === undefined ? {} : { key: error.key }),
    }
    return { verdict: error.code === 'AUTH_PERMISSION_MISSING' ? 'missing permission' : 'failed', problems: [problem] }
  }
}
