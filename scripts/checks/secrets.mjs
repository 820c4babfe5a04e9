import { linesThatSay, repositoryFiles, textOf } from './files.mjs'

export const title = 'no secrets'

/** What looks like a credential. The found text is never printed. */
const shapes = [
  ['a private key', /-----BEGIN (RSA |EC |OPENSSH |DSA |ENCRYPTED )?PRIVATE KEY-----/],
  ['an AWS key id', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40})/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a Slack token', /\bxox[abposr]-[A-Za-z0-9-]{10}/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16}/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['an LWA credential', /\b(Atz[ar]\|[A-Za-z0-9_-]{20}|amzn1\.(application-oa2-client|oa2-cs\.v1)\.[0-9a-f]{32})/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a Back Market token', /\b[0-9a-f]{24}:BMT-[0-9a-f]{40}\b/i],
  [
    'a password in a URL',
    /\b[a-z][a-z0-9+]*:\/\/[^\s/:@'"`$<{]+:[^\s/@'"`$<{]{6,}@(?!(localhost|127\.0\.0\.1|[\w.-]+\.(test|example|invalid)\b))/i,
  ],
]

/** Base64 that, decoded, is a token of Back Market: e-mail and password (until April 2023), or id and BMT key. */
const decodedShapes = [/^[0-9a-f]{24}:BMT-[0-9a-f]{40}$/i, /^[\w.+-]+@[\w-]+\.[\w.-]+:\S{4,}$/]
// Reserved names of RFC 2606 belong to nobody.
const reserved = /@([\w-]+\.)*(example|test|invalid)(\.(com|org|net))?:/i

export function check(root) {
  const files = repositoryFiles(root).filter((path) => path !== 'pnpm-lock.yaml')
  const problems = files.flatMap((path) => {
    const text = textOf(root, path) ?? ''
    const patterns = shapes.map(([name, pattern]) => ({ pattern, says: () => `holds what looks like ${name}` }))
    return [...linesThatSay(path, text, patterns), ...encodedProblems(path, text)]
  })
  return { files: files.length, problems }
}

function encodedProblems(path, text) {
  return text.split('\n').flatMap((line, index) => {
    const encoded = line.match(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{20,200}={0,2}/g) ?? []
    const found = encoded
      .map(decoded)
      .some((one) => decodedShapes.some((shape) => shape.test(one)) && !reserved.test(one))
    return found ? [`${path}:${index + 1} holds what looks like an encoded Back Market token`] : []
  })
}

const decoded = (text) => Buffer.from(text, 'base64').toString('utf8')
