import { refuse, type Answer } from '@kontor/testkit/simulator'

/** An error in Amazon's shape. `details` is there even when it says nothing, as on the real thing. */
export const failure = (status: number, code: string, message: string, details = ''): Answer => ({
  status,
  headers: { 'x-amzn-errortype': code },
  json: { errors: [{ code, message, details }] },
})

export const invalidInput = (message: string, details = message): never =>
  refuse(failure(400, 'InvalidInput', message, details))
export const notFound = (message: string): never => refuse(failure(404, 'NotFound', message))
/** A missing role, a resource of somebody else, a marketplace that is none: all look alike. */
export const denied = (details = ''): never =>
  refuse(failure(403, 'Unauthorized', 'Access to requested resource is denied.', details))
/** Feeds and reports write the status where the others have a word. */
export const numericInput = (details: string): never => refuse(failure(400, '400', 'Invalid input', details))

export const EXPIRED = failure(
  403,
  'Unauthorized',
  'Access to requested resource is denied.',
  'The access token you provided has expired.',
)
export const REVOKED = failure(
  403,
  'Unauthorized',
  'Access to requested resource is denied.',
  'The access token you provided is revoked, malformed or invalid.',
)

/** What stands in front of the API answers HTML to a request it does not like. */
export const html = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html', server: 'CloudFront' },
  text: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><HTML><HEAD><TITLE>ERROR: ${title}</TITLE></HEAD><BODY><H1>${status} ERROR</H1><H2>${title}</H2></BODY></HTML>`,
})
