import { KontorError } from '@kontor/core'

interface Options {
  /** A token came twice: following it again would never end. Default: an error. */
  onRepeat?: () => void
}

/** Everything behind a token: the next page until there is no token. */
export async function* pagesOf<P extends { nexttoken?: string | undefined }>(
  next: (token: string | undefined) => Promise<P>,
  what: string,
  { onRepeat }: Options = {},
): AsyncGenerator<P> {
  const seen = new Set<string>()
  let token: string | undefined
  for (;;) {
    const page = await next(token)
    yield page
    token = page.nexttoken
    if (token === undefined) return
    if (seen.has(token)) {
      if (onRepeat === undefined) throw repeated(what)
      onRepeat()
      return
    }
    seen.add(token)
  }
}

const repeated = (what: string): KontorError =>
  new KontorError('WIRE_MISMATCH', {
    message: `Rakuten repeated the token of a page while listing ${what}, so that the list would never end. It is read again later.`,
    retry: 'backoff',
  })
