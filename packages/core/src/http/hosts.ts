import { KontorError } from '../errors/index.ts'

/** Where a plugin's calls may go: `api` origins (the first is the base, and may have a path) and `files` origins or `*.domain`. */
export interface Hosts {
  api: readonly string[]
  files?: readonly string[]
}

export interface AllowedHosts {
  /** The address of a path below the base, or of a whole URL on one of the `api` origins. */
  api(path: string): URL
  /** A document's address, on one of the `files` hosts. */
  file(url: string): URL
  isFile(url: URL): boolean
}

/** Enforces the hosts a plugin states. `show` makes an address fit for a message. */
export function allowHosts(hosts: Hosts, show: (url: URL) => string): AllowedHosts {
  const api = hosts.api.map(parseHost)
  const origins = new Set(api.map((url) => url.origin))
  const files = (hosts.files ?? []).map((each) =>
    each.startsWith('*.') ? { suffix: each.slice(1).toLowerCase() } : { origin: parseHost(each).origin },
  )
  const base = api[0]

  const isFile = (url: URL): boolean =>
    isSafe(url) &&
    files.some((host) =>
      'origin' in host ? host.origin === url.origin : url.hostname.endsWith(host.suffix) && url.port === '',
    )
  return {
    api(path) {
      const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(path)
      if (!whole && !base)
        throw new KontorError('INTERNAL', { message: 'The plugin makes HTTP calls and states no `hosts`.' })
      refuseDotSegments(path)
      const url = URL.parse(
        whole ? path : `${base?.origin}${base?.pathname.replace(/\/$/, '')}${path.startsWith('/') ? '' : '/'}${path}`,
      )
      if (!url)
        throw new KontorError('INTERNAL', { message: 'A call was about to be sent to something that is no address.' })
      if (!isSafe(url) || !origins.has(url.origin)) throw notAllowed(url, show, [...origins], 'sent to')
      return url
    },
    file(text) {
      const url = URL.parse(text)
      if (!url) throw new KontorError('HOST_NOT_ALLOWED', { message: 'The address of a document is no address.' })
      if (!isFile(url)) throw notAllowed(url, show, hosts.files ?? [], 'fetched from')
      return url
    },
    isFile,
  }
}

/** Encrypted, or on this machine. A user name in an address would be sent as a credential. */
const isSafe = (url: URL): boolean => {
  const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]'
  return (
    (url.protocol === 'https:' || (url.protocol === 'http:' && local)) && url.username === '' && url.password === ''
  )
}

function parseHost(text: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  if (!url || !isSafe(url))
    throw new KontorError('HOST_NOT_ALLOWED', {
      message: `${url ? `${url.protocol}//${url.host}` : 'An address'} cannot be used: only https is allowed, or http on this machine, without a user name.`,
    })
  return url
}

/** `/orders/../users` would silently be `/users`: an id that was not encoded must not choose the endpoint. */
function refuseDotSegments(path: string): void {
  const beforeQuery = path.split(/[?#]/, 1)[0] ?? ''
  if (/(^|[\\/])(\.|%2e){1,2}([\\/]|$)/i.test(beforeQuery))
    throw new KontorError('INTERNAL', {
      message: 'The path of a call has a `.` or `..` in it: an id in it was not encoded.',
      scope: 'record',
    })
}

const notAllowed = (url: URL, show: (url: URL) => string, allowed: readonly string[], verb: string): KontorError =>
  new KontorError('HOST_NOT_ALLOWED', {
    message: `A call was about to be ${verb} ${show(new URL(url.origin === 'null' ? `${url.protocol}//unknown` : url.origin))}, which is not one of ${allowed.join(', ') || '(none)'}. Nothing was sent.`,
  })
