import type { Log, LogFields } from '@kontor/core'

interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  fields: LogFields | undefined
}

/** A log that keeps everything, for the search for canaries. */
export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[]
}

export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = []
  const at =
    (level: LogLine['level']) =>
    (message: string, fields?: LogFields): void =>
      void lines.push({ level, message, fields })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
