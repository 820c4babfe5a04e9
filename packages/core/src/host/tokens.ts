import { serviceToken, type Begin, type CredentialStore, type Http, type ServiceToken } from '../contract/index.ts'
import type { Authorizer, Buckets, Journal, Redactor } from '../http/index.ts'

/** Services of the host, beside those a plugin may need (`Clock`, `Log`, `Cache`, `Mode`, `Paths` of the contract). */
export type { Journal } from '../http/index.ts'
export const JournalToken: ServiceToken<Journal> = serviceToken('journal@1')
export const BucketsToken: ServiceToken<Buckets> = serviceToken('buckets@1')
export const HttpToken: ServiceToken<Http> = serviceToken('http@1')
export const BeginToken: ServiceToken<Begin> = serviceToken('begin@1')
export const CredentialStoreToken: ServiceToken<CredentialStore | undefined> = serviceToken('credential-store@1')
/** The fetch everything goes through; tests pass their own. */
export const FetchToken: ServiceToken<typeof fetch> = serviceToken('fetch@1')
/** Masks the secrets of one connection. */
export const RedactorToken: ServiceToken<Redactor> = serviceToken('redactor@1')
/** Says who one connection is. */
export const AuthorizerToken: ServiceToken<Authorizer> = serviceToken('authorizer@1')
