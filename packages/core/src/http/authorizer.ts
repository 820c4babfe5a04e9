import type { Authorization } from '../contract/index.ts'
import { secretsIn, type Redactor } from './redact.ts'

/** What a request carried, so that its answer can be held against it. */
export interface Pass {
  authorization: Authorization
}

/** Says who we are. */
export interface Authorizer {
  /** What a request carries now; a token that is about to run out is renewed first. */
  current(signal: AbortSignal | undefined): Promise<Pass>
  /** The system took it. */
  accepted?(pass: Pass): void
  /** The system answered 401. @returns `renewed`: another attempt will carry a new token; `stale`: this one had worked before */
  rejected?(pass: Pass): { stale: boolean }
}

/** The same authorization for every call. */
export function fixedAuthorizer(authorize: () => Authorization, redactor: Redactor): Authorizer {
  let pass: Pass | undefined
  return {
    async current() {
      if (!pass) {
        pass = { authorization: authorize() }
        redactor.add(...secretsOf(pass.authorization))
      }
      return pass
    },
  }
}

/** Whatever is put into headers and queries to say who we are is a secret, with and without its scheme. */
export const secretsOf = (authorization: Authorization): string[] =>
  secretsIn(authorization).flatMap((value) => [value, value.replace(/^\w+\s+/, '')])
