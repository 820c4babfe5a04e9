import type { Clock, Log, LogFields } from '../contract/index.ts'
import type { Redactor } from '../http/index.ts'

export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

/** A log made of one function. */
export const logOf = (write: (level: Level, message: string, fields: LogFields) => void): Log => ({
  debug: (message, fields = {}) => write('debug', message, fields),
  info: (message, fields = {}) => write('info', message, fields),
  warn: (message, fields = {}) => write('warn', message, fields),
  error: (message, fields = {}) => write('error', message, fields),
})

/** Says nothing. */
export const nullLog: Log = logOf(() => undefined)

/** One JSON object a line on standard error: `{"time":…,"level":"info","message":…}`. Lines below `level` are left out. */
export function consoleLog(
  options: { level?: Level; clock?: Clock; redactor?: Redactor; write?: (line: string) => void } = {},
): Log {
  const { level: least = 'info', clock, redactor, write = (line) => void process.stderr.write(line) } = options
  const log = logOf((level, message, fields) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    write(
      `${JSON.stringify({ time: new Date(clock?.now() ?? Date.now()).toISOString(), level, message, ...fields })}\n`,
    )
  })
  return redactor ? maskedLog(log, redactor) : log
}

/** A log that never shows a secret, whatever is written into it. `always`: fields of every line, such as the connection. */
export const maskedLog = (log: Log, redactor: Redactor, always: LogFields = {}): Log =>
  logOf((level, message, fields) => {
    const masked = Object.entries({ ...always, ...fields }).map(([name, value]) => [
      name,
      typeof value === 'string' ? redactor.text(value) : value,
    ])
    log[level](redactor.text(message), Object.fromEntries(masked))
  })
