import { resolve } from 'node:path'
import * as connectorRooms from './checks/connector-rooms.mjs'
import * as importRules from './checks/import-rules.mjs'
import * as repositoryWords from './checks/repository-words.mjs'
import * as secrets from './checks/secrets.mjs'
import * as vendorNames from './checks/vendor-names.mjs'

const root = resolve(import.meta.dirname, '..')

for (const { title, check } of [importRules, vendorNames, connectorRooms, repositoryWords, secrets]) {
  const { files, problems } = check(root)
  // A check that looked at nothing has not passed.
  const all = files === 0 ? ['found nothing to look at', ...problems] : problems
  console.log(`${all.length === 0 ? 'ok    ' : 'FAILED'} ${title} (${files} looked at)`)
  for (const problem of all) console.log(`       ${problem}`)
  if (all.length > 0) process.exitCode = 1
}
