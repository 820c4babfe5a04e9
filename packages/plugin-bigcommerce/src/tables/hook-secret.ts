import { createHmac } from 'node:crypto'

/** The header our webhooks carry, set when they are created. */
export const SECRET_HEADER = 'x-kontor-secret'

/** Derived from the access token, so that nothing has to be stored, and a new token makes a new secret. */
export const hookSecret = (accessToken: string): string =>
  createHmac('sha256', accessToken).update('kontor webhook secret 1').digest('hex')
