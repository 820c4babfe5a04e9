import { destination, pino, type DestinationStream } from 'pino'
import { z } from 'zod'
import type { Log } from '@kontor/core'
import { logOf, maskedLog, type Redactor } from '@kontor/core/host'
import type { LogLevel } from '../config/index.ts'
import type { Screen } from './screen.ts'
import { createPaint, oneLine } from './text.ts'

export interface LeveledLog extends Log {
  level: LogLevel
}

export interface LoggingOptions {
  level: LogLevel
  screen: Screen
  colour: boolean
  redactor: Redactor
}

/** The log of a command, on standard error: JSON lines for machines, readable lines in a terminal. Registered secrets never appear in it. */
export function createLog({ level, screen, colour, redactor }: LoggingOptions): LeveledLog {
  const stream = screen.terminal ? readable(screen, colour) : destination({ fd: 2, sync: true })
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    stream,
  )
  const log = maskedLog(
    logOf((each, message, fields) => logger[each](fields, message)),
    redactor,
  )
  return {
    ...log,
    get level() {
      const { level: present } = logger
      return levels.find((each) => each === present) ?? 'info'
    },
    set level(next) {
      logger.level = next
    },
  }
}

export const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

const Line = z.looseObject({ level: z.string(), time: z.string(), message: z.string().default('') })

function readable(screen: Screen, colour: boolean): DestinationStream {
  const paint = createPaint(colour)
  const styles: Readonly<Record<string, (text: string) => string>> = {
    error: paint.red,
    warn: paint.yellow,
    debug: paint.dim,
  }
  return {
    write(json) {
      const { level, time, message, ...fields } = Line.parse(JSON.parse(json))
      const said = Object.entries(fields).map(([name, value]) =>
        paint.dim(`${name}=${typeof value === 'string' ? oneLine(value) : JSON.stringify(value)}`),
      )
      const style = styles[level] ?? ((text: string) => text)
      screen.write(
        `${paint.dim(time.slice(11, 19))} ${style(level.padEnd(5))} ${[oneLine(message), ...said].join('  ')}\n`,
      )
    },
  }
}
