import { linesThatSay, repositoryFiles, textOf } from './files.mjs'

export const title = 'the repository speaks of the project alone'

const patterns = [
  { pattern: /(?<![\w.*$})\]-])\/(work|root|home)\/\w/, says: (found) => `has a path of one machine: ${found}…` },
  { pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/i, says: (found) => `names a registry: ${found}` },
  {
    pattern: /\b(this|previous|next|earlier|later|another) session\b/i,
    says: (found) => `speaks of its making: ${found}`,
  },
  {
    pattern: /\b(sub-?agent|helper (session|agent|process|wrote))\b/i,
    says: (found) => `speaks of its making: ${found}`,
  },
]
const lockfile = [{ pattern: /https?:/, says: () => 'pins a host; the lockfile holds hashes alone' }]

/** Files that state the patterns themselves. */
const allowed = [/^scripts\/checks\/repository-words\./, /^scripts\/checks\/checks\.test\.mjs$/]

export function check(root) {
  const files = repositoryFiles(root).filter((path) => !allowed.some((pattern) => pattern.test(path)))
  const problems = files.flatMap((path) =>
    linesThatSay(path, textOf(root, path) ?? '', path === 'pnpm-lock.yaml' ? [...patterns, ...lockfile] : patterns),
  )
  return { files: files.length, problems }
}
