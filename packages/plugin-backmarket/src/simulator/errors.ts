import type { Answer, SimulatorRequest } from '@kontor/testkit/simulator'

/** First form of errors: orders, listings, tasks. */
export const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  json: { error: { code, message }, requestId: 'sim-request' },
})

/** A field that does not fit. */
export const fieldRefusal = (field: string, message: string, status = 400): Answer => ({
  status,
  json: { error: { code: 'E009', message: 'Validation error' }, data: { fields: { [field]: [message] } } },
})

export const unauthenticated = (): Answer => refusal(401, 'E001', 'Authentication credentials are invalid.')
export const notFound = (message: string): Answer => refusal(404, 'E404', message)

/** The firewall's page, with the reference a seller contact asks for. */
export const firewallPage = (): Answer => ({
  status: 403,
  headers: { 'content-type': 'text/html; charset=UTF-8', 'cf-ray': '931354450813d142-CDG', server: 'cloudflare' },
  text: '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked</body></html>',
})

/** Cloudflare's 429 has no Retry-After; listings answer in the first form. */
export const throttled = (request: SimulatorRequest): Answer =>
  request.path.startsWith('/ws/listings')
    ? refusal(429, 'E429', 'Too many requests. Client has been rate limited.')
    : {
        status: 429,
        headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' },
        text: '<html><body>error code: 1015</body></html>',
      }
