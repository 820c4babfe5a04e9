import { errorCodes, type CodeFacts, type FailureType } from '../../src/index.ts'

const sections: Readonly<Record<FailureType, { title: string; says: string }>> = {
  config: {
    title: 'Config',
    says: 'The operator has to act: something in the configuration, the credentials or the account is not as it must be.',
  },
  transient: { title: 'Transient', says: 'Nobody has to act yet: it passes, or it is tried again.' },
  system: {
    title: 'System',
    says: 'A record, the plugin or the system is wrong: the source of the record, or an author, has to act.',
  },
}

/** `docs/errors.md`, from the table in the code. */
export function errorsPage(): string {
  const all: readonly [string, CodeFacts][] = Object.entries(errorCodes)
  const parts = (Object.keys(sections) as FailureType[]).map((type) => {
    const rows = all
      .filter(([, facts]) => facts.failureType === type)
      .map(
        ([code, { scope, retry, meaning, remedy }]) => `| \`${code}\` | ${scope} | ${retry} | ${meaning} | ${remedy} |`,
      )
    return [
      `## ${sections[type].title}`,
      '',
      sections[type].says,
      '',
      '| code | stops | retry | meaning | what to do |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n')
  })
  return `${head}\n${parts.join('\n\n')}\n`
}

const head = `# Errors

Written from \`packages/core/src/errors/codes.ts\`; do not edit it here. After a change there:
\`pnpm exec vitest run --project packages/core -u test/errors\`.

Every error has one of these codes, and a message that says what was tried, what came back, what to do and which key of the configuration to
change. No message holds a secret or a buyer's data.

*Stops* says how much: the whole run, one connection, one entity of it, or one record. *Retry* \`never\`: only after a change; \`backoff\`: by
itself, at growing distances; where the system names a time, then.
`
