import { z } from 'zod'
import { keysAt, type JsonShape } from './json-shape.ts'
import type { KeyPath } from './problems.ts'
import { didYouMean, listed } from './words.ts'

/** One complaint, in words, at the deepest path it is about. `key`: it is the name itself that is wrong. */
export interface Complaint {
  path: KeyPath
  what: 'key' | 'value'
  message: string
}

/** What zod says beside message and path. Read leniently: a plugin may have another version of it. */
const Issue = z.looseObject({
  code: z.string().optional(),
  message: z.string(),
  path: z
    .array(
      z.union([
        z.string(),
        z.number(),
        z.object({ key: z.union([z.string(), z.number()]) }).transform(({ key }) => key),
      ]),
    )
    .default([]),
  expected: z.string().optional(),
  values: z.array(z.unknown()).optional(),
  keys: z.array(z.string()).optional(),
  options: z.array(z.unknown()).optional(),
  errors: z.array(z.array(z.unknown())).optional(),
  issues: z.array(z.unknown()).optional(),
  origin: z.string().optional(),
  minimum: z.union([z.number(), z.bigint()]).optional(),
  maximum: z.union([z.number(), z.bigint()]).optional(),
  inclusive: z.boolean().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
})
type Issue = z.infer<typeof Issue>

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
  never: 'nothing',
  date: 'a day',
}
const formatWords: Readonly<Record<string, string>> = {
  url: 'a URL such as https://example.com',
  email: 'an e-mail address',
  datetime: 'an instant such as 2026-05-03T09:36:00Z',
  date: 'a day such as 2026-05-03',
  uuid: 'a UUID',
  time: 'a time such as 09:30',
}

/** `secret`: whether the value at a path must not be shown. */
export interface IssueContext {
  value: unknown
  shape: JsonShape
  secret?: (path: KeyPath) => boolean
}

/** Turns the issues of a schema into what was found and what was expected. */
export function describeIssues(issues: readonly unknown[], context: IssueContext): Complaint[] {
  return issues.flatMap((issue) => describeIssue(Issue.parse(issue), context, []))
}

function describeIssue(issue: Issue, context: IssueContext, above: KeyPath): Complaint[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => unknownKey(key, path, context))
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element')
    return describeIssues(issue.issues ?? [], context).map(({ message }) => ({
      path,
      what: issue.code === 'invalid_key' ? 'key' : 'value',
      message:
        issue.code === 'invalid_key'
          ? message.replace(/^found .*?, expected/, `the name "${String(path.at(-1))}" cannot be used, expected`)
          : message,
    }))
  if (issue.code === 'invalid_union' && issue.errors && issue.errors.length > 0)
    return describeUnion(issue.errors, path, context)
  // A noun says what was expected, anything else is the whole complaint.
  if (issue.code === 'custom' && !/^(an?|at|one|text|the name) /.test(issue.message))
    return [{ path, what: 'value', message: sentence(issue.message) }]
  const found = valueAt(context.value, path)
  const hidden = context.secret?.(path) ?? false
  const words = [...(issue.values ?? []), ...(issue.options ?? [])].map(String)
  const suggestion = typeof found === 'string' && !hidden ? didYouMean(found, words) : ''
  return [
    {
      path,
      what: 'value',
      message: `found ${foundText(found, hidden)}, expected ${expectedText(issue)}.${suggestion}`,
    },
  ]
}

function unknownKey(key: string, path: KeyPath, { shape }: IssueContext): Complaint {
  const valid = keysAt(shape, path)
  const meant = didYouMean(key, valid)
  const there = valid.length === 0 ? 'No keys are known here.' : `Known here: ${listed(valid, 'and', 30)}.`
  return { path: [...path, key], what: 'key', message: `unknown key "${key}".${meant === '' ? ` ${there}` : meant}` }
}

/** Of several forms, the one that was probably meant: with the fewest complaints. Where none stands out, all that would be right. */
function describeUnion(branches: readonly (readonly unknown[])[], path: KeyPath, context: IssueContext): Complaint[] {
  const found = valueAt(context.value, path)
  const hidden = context.secret?.(path) ?? false
  const read = branches.map((branch) => branch.map((issue) => Issue.parse(issue)))
  const fitting = read.filter(
    (branch) => !branch.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type'),
  )
  const best = fitting.toSorted((a, b) => weight(a) - weight(b))[0]
  if (best && typeof found === 'object' && found !== null)
    return best.flatMap((issue) => describeIssue(issue, context, path))
  const forms = read.flat().flatMap(formsOf)
  const words = forms.flatMap((issue) => issue.values ?? []).map(String)
  const expected = [...new Set(forms.map(expectedText))]
  const suggestion = typeof found === 'string' && !hidden ? didYouMean(found, words) : ''
  return [
    {
      path,
      what: 'value',
      message: `found ${foundText(found, hidden)}, expected ${listed(expected)}.${suggestion}`,
    },
  ]
}

const weight = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + Math.max(1, issue.keys?.length ?? 0), 0)

/** The complaints of all forms, those of forms inside forms too. */
const formsOf = (issue: Issue): Issue[] =>
  issue.code === 'invalid_union' && issue.errors && issue.errors.length > 0
    ? issue.errors.flat().flatMap((each) => formsOf(Issue.parse(each)))
    : [issue]

function expectedText(issue: Issue): string {
  // Schemas of ours and of plugins say in a noun what they want; zod's own words begin like this.
  if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) return issue.message.replace(/\.$/, '')
  if (issue.code === 'invalid_type') return typeWords[issue.expected ?? ''] ?? issue.expected ?? 'something else'
  if (issue.code === 'invalid_value') return listed((issue.values ?? []).map(String))
  if (issue.code === 'invalid_union') return listed((issue.options ?? []).map(String))
  if (issue.code === 'too_small') return bound('at least', issue.minimum, issue)
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue)
  if (issue.code === 'invalid_format')
    return (
      formatWords[issue.format ?? ''] ??
      (issue.pattern ? `text of the form ${issue.pattern}` : `a valid ${issue.format}`)
    )
  return issue.message.replace(/^Invalid input: expected /, '').replace(/\.$/, '')
}

function bound(words: string, limit: number | bigint | undefined, issue: Issue): string {
  const strict = issue.inclusive === false
  const amount = `${strict ? (words === 'at least' ? 'more than' : 'less than') : words} ${String(limit)}`
  if (issue.origin === 'string')
    return limit === 1 && words === 'at least' ? 'text that is not empty' : `${amount} characters`
  if (issue.origin === 'array' || issue.origin === 'set')
    return limit === 1 && words === 'at least' ? 'a list that is not empty' : `${amount} entries`
  return issue.origin === 'int' ? `a whole number, ${amount}` : `a number, ${amount}`
}

function foundText(value: unknown, secret = false): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'an empty value'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  if (secret) return typeof value === 'string' ? (value === '' ? 'an empty text' : 'another text') : 'another value'
  const text = JSON.stringify(value) ?? 'something'
  return text.length > 60 ? `${text.slice(0, 57)}…${typeof value === 'string' ? '"' : ''}` : text
}

export function valueAt(value: unknown, path: KeyPath): unknown {
  let here = value
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, part)
  }
  return here
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
