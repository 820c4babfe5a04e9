import { NO_SPECS, specsFolder } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { textOf } from './sandbox/match.ts'
import { sandboxSimulator } from './sandbox/sandbox-simulator.ts'
import { loadSandboxCases, type SandboxCase } from './sandbox/static-cases.ts'

const specs = specsFolder()

/** The request that a case describes. What may be anything gets a text of no meaning. */
function requestOf(url: string, { path, parameters, places, method }: SandboxCase): Request {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    if (places[name] === 'query' && value !== undefined) query.set(name, textOf(value))
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(parameters[name] === undefined ? 'anything' : textOf(parameters[name])),
  )
  const bodyName = Object.keys(parameters).find((name) => name === 'body' || places[name] === 'body')
  const body = bodyName === undefined ? undefined : parameters[bodyName]
  return new Request(`${url}${target}?${query.toString()}`, {
    method,
    headers: { 'x-amz-access-token': 'Atza|sandbox.0000000000000000', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

describe.skipIf(specs === undefined)(`static sandbox (skipped where ${NO_SPECS})`, () => {
  const folder = `${specs}/amazon`

  it('answers every case word for word', async () => {
    const cases = loadSandboxCases(folder)
    await using sandbox = await sandboxSimulator(folder).start({ clock: { rate: 'manual' } })
    const different: string[] = []
    for (const one of cases) {
      await sandbox.clock.advance(200)
      const answer = await fetch(requestOf(sandbox.url, one))
      const text = await answer.text()
      const expected = one.status === 204 || one.response === null ? '' : JSON.stringify(one.response)
      if (answer.status !== one.status || text !== expected) different.push(`${one.operation} ${one.status}`)
    }
    expect(cases).toHaveLength(155)
    // Two cases of no parameters: the second of them cannot be reached on the real thing either.
    expect(different).toEqual(['getAccount 400'])
  })

  it('answers 400 to what no case fits, and tells the plan of the sandbox', async () => {
    await using sandbox = await sandboxSimulator(folder).start({ clock: { rate: 'manual' } })
    const ask = (path: string) =>
      fetch(`${sandbox.url}${path}`, { headers: { 'x-amz-access-token': 'Atza|sandbox.0000000000000000' } })
    const unknown = await ask('/orders/2026-01-01/orders?createdAfter=2020-01-01T00:00:00Z')
    expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('Could not match')])
    expect(unknown.headers.get('x-amzn-ratelimit-limit')).toBe('5')
    for (let call = 1; call < 15; call += 1) await ask('/sellers/v1/marketplaceParticipations')
    expect((await ask('/sellers/v1/marketplaceParticipations')).status).toBe(429)
    await sandbox.clock.advance(3000)
    expect((await fetch(`${sandbox.url}/sellers/v1/marketplaceParticipations`)).status).toBe(403)
  })
})
