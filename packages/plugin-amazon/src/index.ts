export {
  amazon,
  amazon as default,
  completeAuthorization,
  consentUrl,
  newState,
  type Authorized,
  type ConsentWish,
} from './plugin.ts'
export { AmazonConfig, AmazonCredentials } from './config.ts'
