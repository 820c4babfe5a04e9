import { filesBelow, linesThatSay, textOf } from './files.mjs'

export const title = 'no vendor in core or runner'

const places = ['packages/core/src', 'apps/runner/src']

const names = [
  /amazon|back[ _-]?market|rakuten|bigcommerce|8returns|piggy/i,
  // Inside other words this one is no name: "pleating", "leather"; in `leatClient` it is.
  /(?<![A-Za-z])[Ll]eat(?![a-z])|(?<![A-Z])LEAT(?![A-Z])/,
]
const patterns = names.map((pattern) => ({ pattern, says: (name) => `names a vendor: ${name}` }))

/** Where a vendor's name is right, and why. */
const allowed = [{ below: 'apps/runner/src/demo/', because: 'the demo is a config file, and a config names plugins' }]

export function check(root) {
  const files = places.flatMap((place) => filesBelow(root, place))
  const problems = files
    .filter((path) => !allowed.some(({ below }) => path.startsWith(below)))
    .flatMap((path) => [
      ...(names.some((pattern) => pattern.test(path)) ? [`${path} is named after a vendor`] : []),
      ...linesThatSay(path, textOf(root, path) ?? '', patterns),
    ])
  return { files: files.length, problems }
}
