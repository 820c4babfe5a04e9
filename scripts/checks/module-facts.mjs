import { parseSync } from 'oxc-parser'

/**
 * What one module imports, and which names it uses without binding them itself.
 *
 * `imports`: `{ specifier, line, typeOnly, dynamic }`; an import that is no literal has `specifier: undefined`.
 * `globals`: `{ name, line }`, where a member of a global is written with its dot: `Date.now`, `new Date()`.
 * Bindings are looked up per function, so a parameter named `fetch` hides the global one in its function only.
 */
export function moduleFacts(path, source) {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0].message}`)
  const lineStarts = [...source.matchAll(/\n/g)].map((match) => match.index)
  const lineOf = (node) => lineStarts.filter((start) => start < node.start).length + 1
  const facts = { imports: [], globals: [] }
  visit(program, [bindingsOf(program)], { facts, lineOf })
  return facts
}

function visit(node, scopes, context) {
  if (isFunction(node)) scopes = [...scopes, bindingsOf(node)]
  noteImport(node, context)
  if (node.type.startsWith('TS') && !wrapsValue.has(node.type)) {
    for (const child of importTypesIn(node)) noteImport(child, context)
    return
  }
  noteGlobal(node, scopes, context)
  for (const child of valueChildren(node)) visit(child, scopes, context)
}

// TypeScript nodes with run-time content; every other TS node is a type and uses no value.
const wrapsValue = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSExportAssignment',
])

function noteImport(node, { facts, lineOf }) {
  const line = lineOf(node)
  const add = (source, typeOnly, dynamic) =>
    facts.imports.push({ specifier: literalText(source), line, typeOnly, dynamic })
  if (node.type === 'ImportDeclaration') add(node.source, isTypeOnly(node, 'importKind'), false)
  if (node.type === 'ExportNamedDeclaration' && node.source) add(node.source, isTypeOnly(node, 'exportKind'), false)
  if (node.type === 'ExportAllDeclaration') add(node.source, node.exportKind === 'type', false)
  if (node.type === 'ImportExpression') add(node.source, false, true)
  if (node.type === 'TSImportType') add(node.source ?? node.argument, true, false)
  if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require')
    add(node.arguments[0], false, true)
}

const isTypeOnly = (node, kind) =>
  node[kind] === 'type' || (node.specifiers.length > 0 && node.specifiers.every((one) => one[kind] === 'type'))

function literalText(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TSLiteralType') return literalText(node.literal)
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked
  return undefined
}

function noteGlobal(node, scopes, { facts, lineOf }) {
  const add = (name) => facts.globals.push({ name, line: lineOf(node) })
  const isGlobal = (one) => one.type === 'Identifier' && !scopes.some((scope) => scope.has(one.name))
  if (node.type === 'Identifier' && isGlobal(node)) add(node.name)
  if (node.type === 'MemberExpression' && isGlobal(node.object)) {
    const property = node.computed ? literalText(node.property) : node.property.name
    add(`${node.object.name}.${property ?? '*'}`)
  }
  if (node.type === 'NewExpression' && isGlobal(node.callee) && node.arguments.length === 0)
    add(`new ${node.callee.name}()`)
  if (node.type === 'CallExpression' && isGlobal(node.callee)) add(`${node.callee.name}()`)
}

/** The child nodes that are used as values: no types, no property names. */
function valueChildren(node) {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'property' && node.type === 'MemberExpression' && !node.computed) return []
    if (key === 'key' && !node.computed) return []
    if (key === 'imported' || key === 'exported' || key === 'label' || key === 'meta') return []
    return nodesIn(value)
  })
}

const nodesIn = (value) => (Array.isArray(value) ? value : [value]).filter(isNode)
const isNode = (value) => typeof value === 'object' && value !== null && typeof value.type === 'string'
const isFunction = (node) => node.type === 'FunctionDeclaration' || /^(Arrow)?FunctionExpression$/.test(node.type)

function importTypesIn(node) {
  return Object.values(node).flatMap((value) =>
    nodesIn(value).flatMap((child) => [...(child.type === 'TSImportType' ? [child] : []), ...importTypesIn(child)]),
  )
}

/** Names bound in a function or module, without those of the functions inside it. */
function bindingsOf(scope) {
  const names = new Set()
  for (const parameter of scope.params ?? []) addPattern(parameter, names)
  const walk = (node) => {
    if (node.type === 'VariableDeclarator') addPattern(node.id, names)
    if (node.type === 'CatchClause' && node.param) addPattern(node.param, names)
    if (/^(Function|Class)Declaration$/.test(node.type) && node.id) names.add(node.id.name)
    if (/^Import(Default|Namespace)?Specifier$/.test(node.type)) names.add(node.local.name)
    if (isFunction(node)) return
    for (const value of Object.values(node)) nodesIn(value).forEach(walk)
  }
  for (const value of Object.values(scope)) nodesIn(value).forEach(walk)
  return names
}

function addPattern(pattern, names) {
  if (pattern === null) return
  if (pattern.type === 'Identifier') names.add(pattern.name)
  if (pattern.type === 'AssignmentPattern') addPattern(pattern.left, names)
  if (pattern.type === 'RestElement') addPattern(pattern.argument, names)
  if (pattern.type === 'TSParameterProperty') addPattern(pattern.parameter, names)
  if (pattern.type === 'ArrayPattern') for (const element of pattern.elements) addPattern(element, names)
  if (pattern.type === 'ObjectPattern')
    for (const property of pattern.properties) addPattern(property.value ?? property, names)
}
