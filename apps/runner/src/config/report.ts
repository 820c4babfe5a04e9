import type { ConfigProblem, KeyPath } from './problems.ts'
import type { YamlSource } from './yaml-source.ts'

/** Makes problems of one file, each with its place. */
export interface Report {
  /** The value is wrong. */
  value(path: KeyPath, message: string): ConfigProblem
  /** It is wrong that it stands there: shown at its name. */
  key(path: KeyPath, message: string): ConfigProblem
  /** Looks wrong and may be meant. */
  warning(path: KeyPath, message: string): ConfigProblem
}

export function reportOn(source: YamlSource): Report {
  const problem = (
    level: ConfigProblem['level'],
    what: 'key' | 'value',
    path: KeyPath,
    message: string,
  ): ConfigProblem => ({
    level,
    code: 'CONFIG_INVALID',
    file: source.file,
    place: source.locate(path, what),
    path,
    message,
  })
  return {
    value: (path, message) => problem('error', 'value', path, message),
    key: (path, message) => problem('error', 'key', path, message),
    // A whole connection is shown at its name.
    warning: (path, message) => problem('warning', path.length > 2 ? 'value' : 'key', path, message),
  }
}
