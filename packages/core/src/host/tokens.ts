import { serviceToken, type Begin, type CredentialStore, type Http, type ServiceToken } from '../contract/index.ts'
import type { Buckets } from '../http/buckets.ts'

/** Notes durably that a call for some deliveries has begun; throws FENCED where the work is no longer ours, PLAN_MODE in plan mode. */
export interface Journal {
  /** Called after the buckets have let the call through, before its first byte. `keys` may be empty (set-up in the account). */
  begin(
    keys: readonly string[],
    call: { doing: string; method: string; url: string; effect: 'repeatable' | 'once' },
  ): Promise<void>
}
export const JournalToken: ServiceToken<Journal> = serviceToken('journal@1')
export const BucketsToken: ServiceToken<Buckets> = serviceToken('buckets@1')
export const HttpToken: ServiceToken<Http> = serviceToken('http@1')
export const BeginToken: ServiceToken<Begin> = serviceToken('begin@1')
export const CredentialStoreToken: ServiceToken<CredentialStore> = serviceToken('credential-store@1')
/** The fetch everything goes through; tests pass their own. */
export const FetchToken: ServiceToken<typeof fetch> = serviceToken('fetch@1')
