import type { ErrorCode } from '@kontor/core'

export interface LeatError {
  code: ErrorCode
  /** In our words: the vendor's are partly Dutch. */
  says: string
  key?: string
}

/** Leat's error codes that mean something to us; docs.leat.com, error handling, 2026-05-05. Any other is a refusal. */
export const leatErrors: Readonly<Record<string, LeatError>> = {
  1000: { code: 'UPSTREAM_UNAVAILABLE', says: 'it failed inside' },
  1003: { code: 'REQUEST_REJECTED', says: 'the input is invalid' },
  1008: { code: 'CONFIG_INVALID', says: 'it does not know the shop', key: 'config.shop' },
  1015: { code: 'REQUEST_REJECTED', says: 'the programme allows no booking of so many points' },
  1017: { code: 'REQUEST_REJECTED', says: 'the member has not enough points' },
  1018: { code: 'REQUEST_REJECTED', says: 'the reward is out of stock' },
  1019: { code: 'REQUEST_REJECTED', says: 'the member has claimed this reward as often as allowed' },
  1028: { code: 'NOT_FOUND', says: 'it does not know this booking' },
  1052: { code: 'REQUEST_REJECTED', says: 'the reward is inactive' },
  1102: { code: 'BLOCKED', says: 'the shop belongs to no loyalty programme' },
  1103: { code: 'BLOCKED', says: 'there is no loyalty programme' },
  3000: { code: 'AUTH_EXPIRED', says: 'the access token has expired', key: 'credentials.token' },
  6003: { code: 'REQUEST_REJECTED', says: 'it does not know the reward' },
  7002: { code: 'BLOCKED', says: 'the account is inactive' },
  7011: { code: 'AUTH_PERMISSION_MISSING', says: 'the token has no access to this account', key: 'credentials.token' },
  55012: { code: 'NOT_FOUND', says: 'it does not know this member' },
  55018: { code: 'BLOCKED', says: 'the loyalty programme is not active' },
  55031: { code: 'NOT_FOUND', says: 'it does not know this contact' },
  60000: { code: 'REQUEST_REJECTED', says: 'the limit of uses is reached' },
  60001: { code: 'NOT_YET', says: 'the booking is still being made' },
}

export const INSUFFICIENT = '1017'
export const IN_PROGRESS = '60001'
export const NO_CONTACT = '55031'
