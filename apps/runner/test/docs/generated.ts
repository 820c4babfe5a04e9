import type { Command } from 'commander'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { createProgram } from '../../src/cli/program.ts'
import { FileSchema } from '../../src/config/file-schema.ts'
import { shapeOf, type JsonShape } from '../../src/config/json-shape.ts'

/** The parts of the handbook that are made from the code, by the name of their place. */
const generated: Readonly<Record<string, () => string>> = {
  'config-keys': configKeys,
  'exit-codes': exitCodeTable,
  commands: commandReference,
}

/** Puts what is generated between its marks. */
export function withGenerated(page: string): string {
  return page.replace(
    /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const make = generated[name]
      if (!make) throw new Error(`nothing is generated under the name ${name}`)
      return `${begin}${make()}\n${end}`
    },
  )
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

function exitCodeTable(): string {
  return table(
    ['code', 'name', 'means'],
    Object.entries(exitCodes).map(([code, { name, meaning }]) => [code, name, meaning]),
  )
}

function commandReference(): string {
  const program = createProgram(() => undefined)
  const options = table(
    ['option of every command', 'does'],
    program.options.map(({ flags, description }) => [`\`${flags}\``, description]),
  )
  return [options, ...leaves(program).map(commandText)].join('\n\n')
}

const leaves = (command: Command): Command[] =>
  command.commands.flatMap((each) => (each.commands.length > 0 ? leaves(each) : [each]))

function commandText(command: Command): string {
  const names: string[] = []
  for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name())
  const given = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  const rows = [
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => [`\`${argument.name()}\``, argument.description]),
    ...command.options.map(({ flags, description, defaultValue }) => [
      `\`${flags}\``,
      `${description}${plain(defaultValue) ? ` (default: ${String(defaultValue)})` : ''}`,
    ]),
  ]
  const head = `### \`${[...names, ...given].join(' ')}\`\n\n${sentence(command.description())}`
  return rows.length === 0 ? head : `${head}\n\n${table(['', ''], rows)}`
}

const plain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

function configKeys(): string {
  const file = shapeOf(FileSchema)
  const connection = memberOf(file.properties?.['connections'])
  const flows = object(object(file.properties?.['flows']).items).anyOf ?? []
  const decide = memberOf(file.properties?.['decide'])
  return [
    section('The file', file, ['connections', 'flows', 'decide']),
    section('`connections.<name>`', connection),
    section('`connections.<name>.limits.<bucket>`', memberOf(connection.properties?.['limits'])),
    section('`flows[]`: what is delivered', flows[0] ?? {}),
    section('`flows[].loyalty`: points for orders', object(flows[1]?.properties?.['loyalty'])),
    section('`decide.<connection>`: who accepts', decide),
    section(
      '`decide.<connection>.rules[]`: what an order must be like',
      object(object(decide.properties?.['rules']).items),
    ),
  ].join('\n\n')
}

const object = (shape: JsonShape | boolean | undefined): JsonShape => (typeof shape === 'object' ? shape : {})
const memberOf = (shape: JsonShape | boolean | undefined): JsonShape => object(object(shape).additionalProperties)

function section(title: string, shape: JsonShape, leaveOut: readonly string[] = []): string {
  return `### ${title}\n\n${table(['key', 'value', 'default', ''], rowsOf(shape, '', leaveOut))}`
}

function rowsOf(shape: JsonShape, above: string, leaveOut: readonly string[] = []): string[][] {
  return Object.entries(shape.properties ?? {}).flatMap(([key, each]) => {
    const field = object(each)
    if (leaveOut.includes(key)) return []
    if (field.properties) return rowsOf(field, `${above}${key}.`)
    const needed = shape.required?.includes(key) ?? false
    return [
      [`\`${above}${key}\``, valueText(field), needed ? 'must be said' : defaultText(field), field.description ?? ''],
    ]
  })
}

const defaultText = ({ default: value }: JsonShape): string => {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '{}' || text === '[]' ? 'none' : `\`${text}\``
}

function valueText(shape: JsonShape): string {
  const words = shape['enum']
  if (Array.isArray(words)) return words.map((word) => `\`${String(word)}\``).join(', ')
  const only = shape['const']
  if (only !== undefined) return `\`${typeof only === 'string' ? only : JSON.stringify(only)}\``
  const forms = shape.anyOf ?? shape.oneOf
  if (forms) return [...new Set(forms.map(valueText))].join(' or ')
  if (shape.type === 'array') return `list of ${valueText(shape.items ?? {})}`
  if (shape.type === 'object') return shape.properties ? `map: ${Object.keys(shape.properties).join(', ')}` : 'map'
  return (
    { string: 'text', integer: 'whole number', number: 'number', boolean: '`true`, `false`' }[shape.type ?? ''] ??
    'anything'
  )
}
