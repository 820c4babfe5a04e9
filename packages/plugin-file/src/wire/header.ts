import { incomingFields, normalHeader, type Field, type IncomingEntity } from '../tables/incoming-fields.ts'
import { incomingRules } from '../tables/incoming-rules.ts'
import { FileFault } from './fault.ts'

/** How the headers of one entity's files are understood. */
export interface HeaderRules {
  readonly entity: IncomingEntity
  /** The field a header stands for; `undefined` for a column that is not ours. */
  readonly fieldOf: (header: string) => string | undefined
}

/**
 * Configured headers first, then our own names, then the usual ones.
 * @param columns header in the file → field; an empty field means that the column is left alone
 */
export function headerRules(entity: IncomingEntity, columns: Readonly<Record<string, string>>): HeaderRules {
  const told = new Map(Object.entries(columns).map(([header, field]) => [normalHeader(header), field]))
  const taken = new Set(Object.values(columns))
  const fields: [string, Field][] = Object.entries(incomingFields[entity]).filter(([name]) => !taken.has(name))
  const usual = new Map([
    ...fields.flatMap(([name, field]) => field.names.map((other): [string, string] => [normalHeader(other), name])),
    ...fields.map(([name]): [string, string] => [normalHeader(name), name]),
  ])
  const seen = new Map<string, string | undefined>()
  return {
    entity,
    fieldOf(header) {
      if (seen.has(header)) return seen.get(header)
      const normal = normalHeader(header)
      const field = told.get(normal) ?? usual.get(normal)
      if (seen.size < 1000) seen.set(header, field === '' ? undefined : field)
      return field === '' ? undefined : field
    },
  }
}

/** The columns of a CSV file: header and field by place. Two columns for one field, or a required one that is missing, stop the file. */
export function readHeader(cells: readonly string[], line: number, rules: HeaderRules): (Column | undefined)[] {
  const columns = cells.map((header) => {
    const field = rules.fieldOf(header)
    return field === undefined ? undefined : { header, field }
  })
  const seen = new Map<string, string>()
  for (const column of columns) {
    if (column === undefined) continue
    const other = seen.get(column.field)
    if (other !== undefined)
      throw new FileFault({
        line,
        column: column.header,
        found: `the columns "${other}" and "${column.header}"`,
        expected: `one column for ${column.field}; name the one that counts in \`columns\`, and the other with an empty field`,
      })
    seen.set(column.field, column.header)
  }
  requireFields([...seen.keys()], line, cells, rules.entity)
  return columns
}

export interface Column {
  readonly header: string
  readonly field: string
}

function requireFields(found: readonly string[], line: number, cells: readonly string[], entity: IncomingEntity): void {
  for (const oneOf of incomingRules[entity].required) {
    if (oneOf.some((name) => found.includes(name))) continue
    throw new FileFault({
      line,
      column: oneOf.join(' or '),
      found: `the columns ${cells.map((header) => JSON.stringify(header)).join(', ') || 'none'}`,
      expected: `a column ${oneOf.join(' or ')}; if it has another name, say so in \`read.${entity}.columns\``,
    })
  }
}
