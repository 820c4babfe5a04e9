import { isKontorError } from '@kontor/core'
import { connect } from '@kontor/core/host'
import { describe, expect, it } from 'vitest'
import eightReturns from '../src/index.ts'
import { openPortal } from './portal.ts'

async function refusal(credentials: object): Promise<string> {
  try {
    await connect(eightReturns, { config: {}, credentials })
  } catch (error) {
    if (isKontorError(error)) return `${error.code} ${error.key} ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('credentials', () => {
  it.each([
    ['a line break', 'sec\nret-1'],
    ['a carriage return', 'sec\r\nret-1'],
    ['a quote', 'sec"ret-1'],
    ['a backslash', 'sec\\ret-1'],
    ['a comma', 'sec,ret-1'],
    ['a semicolon', 'sec;ret-1'],
    ['a tab', 'sec\tret-1'],
    ['a blank', 'sec ret-1'],
    ['an accent', 'sécret-1'],
    ['nothing', '   '],
  ])('with %s in them are refused before anything is sent, and not repeated', async (_title, password) => {
    const said = await refusal({ apiKey: 'demo-key', password })
    expect(said).toMatch(/^SECRET_MALFORMED credentials\.password .*credentials\.password: the password /)
    expect(password.trim() !== '' && said.includes(password)).toBe(false)
  })

  it.each([
    ['nothing', {}, 'give `apiKey` and `password`, or `token` alone'],
    ['a key alone', { apiKey: 'demo-key' }, 'goes with `apiKey`'],
    ['both forms', { apiKey: 'demo-key', password: 'demo-password', token: 'demo-token' }, 'either `token` alone'],
  ])('must be one of the two forms: %s', async (_title, credentials, says) => {
    expect(await refusal(credentials)).toContain(says)
  })

  it('are sent in the form the callers use, always quoted', async () => {
    await using world = await openPortal()
    await world.read()
    expect(world.portal.exchanges.all[0]?.requestHeaders['authorization']).toBe(
      'Bearer token="demo-password", api_key="demo-key"',
    )
  })

  it('are trimmed, with a warning', async () => {
    await using world = await openPortal({ credentials: { apiKey: ' demo-key', password: 'demo-password\n' } })
    const { problems } = await world.check()
    expect(problems).toContainEqual(
      expect.objectContaining({ level: 'warning', key: 'credentials', message: expect.stringContaining('taken off') }),
    )
    expect(problems.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('stay out of every text, the API key behind the token too', async () => {
    await using world = await openPortal()
    const header = 'authorization: Bearer token="demo-password", api_key="demo-key"'
    const shown = world.connection.redactor.text(`${header} and demo-password alone, demo-key alone`)
    for (const secret of ['demo-password', 'demo-key', 'api_key="d']) expect(shown).not.toContain(secret)
  })

  it('do not come back in an error that quotes them', async () => {
    await using world = await openPortal()
    world.portal.faults.add({
      match: {},
      do: 'status',
      status: 422,
      body: { error: 'bad header Bearer token="demo-password", api_key="demo-key"' },
    })
    const { problems } = await world.check()
    const said = JSON.stringify(problems)
    expect(said).toContain('422')
    for (const secret of ['demo-password', 'demo-key']) expect(said).not.toContain(secret)
  })
})

describe('the guide', () => {
  it.each(['en', 'de'] as const)('begins with the least permissions, in the words of the menu (%s)', (language) => {
    const text = eightReturns.credentials?.guide[language] ?? ''
    for (const words of [
      'Retourenverwaltung',
      'Kundeninformationen',
      'Versandetiketten-Erstellung',
      'Bestellungszugriff',
      'API-Integrationen',
      'Entwicklereinstellungen',
      'Neues API-Token erstellen',
      'kontor connect',
      'melibo',
    ])
      expect(text).toContain(words)
  })
})
