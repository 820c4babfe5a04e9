import { errorCodes, remedyOf, type KontorError } from '@kontor/core'
import { placeText, problemsOf, type Config, type ConfigProblem } from '../config/index.ts'
import { UsageError } from './usage-error.ts'
import { harmless, wrap, type Paint } from './text.ts'

interface Context {
  paint: Paint
  columns: number | undefined
  config: Config | undefined
}

/** An error for a person: what it is, where it is and what is wrong there, what to do. */
export function showError(error: KontorError, { paint, columns, config }: Context): string {
  const problems = problemsOf(error)
  const lines = (text: string, indent: string): string[] =>
    wrap(harmless(text), Math.max(40, (columns ?? 10_000) - indent.length)).map((line) => indent + line)
  if (error instanceof UsageError) return `${paint.red(paint.bold('kontor:'))} ${harmless(error.message)}\n`
  const where = problems.length > 0 ? [] : placeOf(error, config)
  const body =
    problems.length > 0
      ? problems.flatMap((problem) => showProblem(problem, paint, lines))
      : [...lines(error.message, '  '), ...where.map((line) => `  ${paint.dim(line)}`)]
  const count = problems.length > 1 ? ` (${problems.length})` : ''
  return [
    `${paint.red(paint.bold(`kontor: ${error.code}`))}${count}  ${errorCodes[error.code].meaning}`,
    ...body,
    ...causeOf(error).flatMap((line) => lines(line, '  ')),
    ...lines(`What to do: ${remedyOf(error.code)}`, ''),
    '',
  ].join('\n')
}

function showProblem(
  problem: ConfigProblem,
  paint: Paint,
  lines: (text: string, indent: string) => string[],
): string[] {
  const head = [placeText(problem), problem.path.join('.')].filter((part) => part !== '').join('  ')
  return [`  ${paint.bold(head)}`, ...lines(problem.message, '    ')]
}

/** A mistake of ours says nothing without what it was. */
function causeOf({ code, cause }: KontorError): string[] {
  if (code !== 'INTERNAL' || !(cause instanceof Error)) return []
  return [`${cause.name}: ${cause.message}`, 'The same command with --log-level debug shows where.']
}

/** Where in the config the key of an error stands, and what else is known of where it happened. */
function placeOf({ key, path, exchange }: KontorError, config: Config | undefined): string[] {
  const place = key === undefined ? undefined : config?.place(key)
  return [
    ...(key === undefined
      ? []
      : [`Key: ${key}${place && config ? `  (${placeText({ file: config.file, place })})` : ''}`]),
    ...(path === undefined ? [] : [`At: ${path}`]),
    ...(exchange === undefined
      ? []
      : [`Call: ${exchange.method} ${exchange.url}${exchange.status === undefined ? '' : ` → ${exchange.status}`}`]),
  ]
}

/** An error for a program. */
export function errorDocument(error: KontorError, config: Config | undefined): unknown {
  const problems = problemsOf(error).map(({ code, level, file, place, path, message }) => ({
    code,
    level,
    file,
    ...place,
    key: path.join('.'),
    message,
  }))
  const place = error.key === undefined || problems.length > 0 ? undefined : config?.place(error.key)
  return {
    error: {
      ...error.toJSON(),
      remedy:
        error instanceof UsageError
          ? 'Correct the command line; "kontor help" lists what there is.'
          : remedyOf(error.code),
      ...(place && config ? { file: config.file, ...place } : {}),
      ...(problems.length > 0 ? { problems } : {}),
    },
  }
}
