import { isKontorError, type CheckResult, type Problem } from '@kontor/core'
import type { Participation, SellersClient } from '../client/index.ts'
import type { AmazonConfig } from '../config.ts'
import { countryOf, marketplaces, roles } from '../tables/index.ts'
import type { Personal, PersonalData } from './personal-data.ts'

/** One call, which also renews the access token: where the account takes part and what is suspended. */
export async function checkAccount(
  sellers: SellersClient,
  config: AmazonConfig,
  personal: PersonalData,
  signal: AbortSignal,
): Promise<CheckResult> {
  const account = `${config.sellerId}@${config.region}`
  try {
    const rows = await sellers.participations(signal)
    const state = await personal.state()
    return {
      account,
      problems: [...participationProblems(rows, config), ...dateProblems(config), ...personalProblems(state)],
      facts: {
        marketplaces: participating(rows).join(', ') || 'none',
        personalData: state ?? 'not known until orders were read',
      },
    }
  } catch (thrown) {
    if (!isKontorError(thrown) || thrown.failureType !== 'config') throw thrown
    const problem: Problem = {
      level: 'error',
      message: thrown.message,
      code: thrown.code,
      ...(thrown.key === undefined ? {} : { key: thrown.key }),
    }
    return { account, problems: [problem] }
  }
}

const participating = (rows: readonly Participation[]): string[] =>
  rows.flatMap(({ marketplace, participation }) =>
    participation.isParticipating ? (countryOf(marketplace.id) ?? []) : [],
  )

function participationProblems(rows: readonly Participation[], config: AmazonConfig): Problem[] {
  const here = new Set(participating(rows))
  const names = [...here].join(', ')
  if (here.size === 0)
    return [
      {
        level: 'error',
        code: 'AUTH_PERMISSION_MISSING',
        message:
          'The account takes part in no marketplace of Amazon. It may be dormant, or have no Professional selling plan: sign in to Seller Central and look at Settings, Account info.',
        key: 'credentials',
      },
    ]
  const missing = (config.marketplaces ?? []).filter((code) => !here.has(code))
  const elsewhere = missing.filter((code) => marketplaces[code].region !== config.region)
  const suspended = rows.flatMap(({ marketplace, participation }) =>
    participation.isParticipating && participation.hasSuspendedListings ? (countryOf(marketplace.id) ?? []) : [],
  )
  return [
    ...(missing.length > 0
      ? [
          {
            level: 'error' as const,
            message: `The account does not take part in ${missing.join(', ')}${elsewhere.length > 0 ? ` (${elsewhere.join(', ')}: another region than ${config.region})` : ''}. Correct config.marketplaces; it takes part in ${names}.`,
            code: 'CONFIG_INVALID' as const,
            key: 'config.marketplaces',
          },
        ]
      : []),
    ...(suspended.length > 0
      ? [
          {
            level: 'warning' as const,
            message: `Amazon has suspended listings in ${suspended.join(', ')}: they are not sold, and stock and prices sent for them have no effect. Look at Account health in Seller Central.`,
          },
        ]
      : []),
  ]
}

const dateProblems = (config: AmazonConfig): Problem[] => [
  ...(config.authorizedOn === undefined
    ? [
        {
          level: 'info' as const,
          message:
            'The day of the authorization is not given: its year is counted from its first use here, and the warning may come late. Write it into config.authorizedOn.',
          key: 'config.authorizedOn',
        },
      ]
    : []),
  ...(config.secretCreatedOn === undefined
    ? [
        {
          level: 'info' as const,
          message:
            'The day the client secret was created is not given: its 180 days are counted from its first use here, and the warning may come late. Write it into config.secretCreatedOn.',
          key: 'config.secretCreatedOn',
        },
      ]
    : []),
]

const personalWords: Readonly<Record<Personal, Problem | undefined>> = {
  present: undefined,
  absent: {
    level: 'warning',
    message: `Orders to ship came without addresses: the app lacks the role "${roles.recipient}". Add it, then authorize the app again.`,
    key: 'credentials',
  },
  refused: {
    level: 'warning',
    message: `Amazon refuses buyers and addresses, so orders are read without them: the app lacks the role "${roles.recipient}". Add it, then authorize the app again; it is tried again within a day.`,
    key: 'credentials',
  },
}
const personalProblems = (state: Personal | undefined): Problem[] => {
  const problem = state === undefined ? undefined : personalWords[state]
  return problem ? [problem] : []
}
