import { isKontorError, KontorError, type ErrorCode } from '@kontor/core'

/** What the file system says, as our codes: POSIX `errno` names as Node reports them (Node.js documentation, "Common system errors"). */
const table: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EACCES: ['AUTH_PERMISSION_MISSING', 'give the user this program runs as the right to read and write there'],
  EPERM: ['AUTH_PERMISSION_MISSING', 'give the user this program runs as the right to read and write there'],
  EROFS: ['AUTH_PERMISSION_MISSING', 'mount the file system so that it can be written'],
  ENOSPC: ['UPSTREAM_UNAVAILABLE', 'free space on the disk'],
  EDQUOT: ['UPSTREAM_UNAVAILABLE', 'free space, or have the quota raised'],
  EXDEV: [
    'CONFIG_INVALID',
    'put `folder` and what is mounted below it on one file system: a file must appear in one step',
  ],
  ENOTDIR: ['CONFIG_INVALID', 'name a folder; a file stands in its place'],
  EEXIST: ['CONFIG_INVALID', 'name a folder; a file stands in its place'],
  EISDIR: ['CONFIG_INVALID', 'remove the folder that stands where a file is to be'],
  ENAMETOOLONG: ['CONFIG_INVALID', 'shorten `fileName`'],
  ELOOP: ['CONFIG_INVALID', 'remove the symbolic link'],
  EMFILE: ['UPSTREAM_UNAVAILABLE', 'raise the limit of open files'],
  ENOENT: ['UPSTREAM_UNAVAILABLE', 'check that the folder is there and, on a network share, mounted'],
}
const unknown: readonly [ErrorCode, string] = ['UPSTREAM_UNAVAILABLE', 'check the disk or the network share']

/** `ENOENT` and the like; `undefined` for anything that is no failure of the file system. */
export const errnoOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && /^E[A-Z]/.test(thrown.code)
    ? thrown.code
    : undefined

/** A failure of the file system as an error a person can act on; anything else stays as it is. */
export function fileError(thrown: unknown, doing: string, key = 'folder'): unknown {
  const errno = errnoOf(thrown)
  if (errno === undefined || isKontorError(thrown)) return thrown
  const [code, remedy] = table[errno] ?? unknown
  return new KontorError(code, {
    message: `${doing}: the file system answered ${errno}; ${remedy} (\`${key}\`).`,
    key: `config.${key}`,
    scope: 'connection',
    vendorCode: errno,
    cause: thrown,
  })
}

/** Runs something on the file system, and says what it was for if it fails. */
export async function onFiles<T>(doing: string, work: () => Promise<T>, key?: string): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw fileError(thrown, doing, key)
  }
}
