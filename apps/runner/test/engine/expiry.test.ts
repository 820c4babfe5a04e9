import { expect, it } from 'vitest'
import { z } from 'zod'
import { definePlugin, type Plugin } from '@kontor/core'
import { expiringProblems } from '@kontor/core/host'
import { expiring } from '../../src/engine/expiry.ts'
import { onEveryDatabase } from '../databases.ts'
import { createWorld, start } from './world.ts'

const day = 86_400_000
const plugin: Plugin = definePlugin({
  id: 'lapsing',
  title: 'Lapsing',
  apiVersion: 1,
  description: 'Its credentials run out.',
  config: z.object({ authorizedOn: z.string().optional() }),
  credentials: {
    kind: 'token',
    schema: z.object({ token: z.string(), secret: z.string() }),
    guide: { en: '', de: '' },
    authorize: () => ({}),
    expires: [
      {
        what: 'authorization',
        of: ['token'],
        stated: 'authorizedOn',
        after: '365d',
        warnFrom: '30d',
        stops: 'nothing is read',
        remedy: 'Authorize again.',
      },
      {
        what: 'secret',
        of: ['secret'],
        after: '180d',
        warnFrom: '30d',
        stops: 'every call fails',
        remedy: 'Rotate it.',
      },
    ],
  },
  readers: {},
  writers: {},
  create: () => {
    throw new Error('not made')
  },
})

onEveryDatabase(() => {
  it('a year of credentials: warned of from a month before, from the day stated or else from their first use, until they are renewed', async () => {
    await using world = await createWorld([{ name: 'shop', yields: ['orders'], takes: [] }], [])
    await world.store.write((tx) =>
      tx
        .insertInto('connections')
        .values({
          name: 'shop',
          plugin: 'lapsing',
          account: null,
          fingerprint: null,
          first_seen: start,
          paused_by: null,
          checked_at: null,
        })
        .execute(),
    )
    const told = async (credentials: unknown, config: unknown = {}): Promise<string[]> =>
      [
        ...expiringProblems(plugin, config, world.clock.now()),
        ...(await expiring(world.store, 'shop', plugin, { credentials, parsedConfig: config })),
      ].map(({ message, key, until }) => `${key} ${until?.slice(0, 10)}: ${message}`)
    const first = { token: 'token-1', secret: 'secret-1' }
    expect(await told(first)).toEqual([])
    expect(await told(first, { authorizedOn: '2025-06-01' })).toEqual([
      'config.authorizedOn 2026-06-01: The authorization runs out in 28 days, on 2026-06-01; then nothing is read. Authorize again.',
    ])
    world.clock.move(149 * day)
    expect(await told(first)).toEqual([])
    world.clock.move(day)
    expect(await told(first)).toEqual([
      'credentials 2026-10-31: The secret runs out in 30 days at the latest, on 2026-10-31; then every call fails. Rotate it.',
    ])
    const rotated = { ...first, secret: 'secret-2' }
    expect(await told(rotated)).toEqual([])
    world.clock.move(215 * day)
    expect(await told(rotated)).toEqual([
      'config.authorizedOn 2027-05-04: The authorization should have run out on 2027-05-04: once it is refused, nothing is read. Authorize again.',
      expect.stringContaining('The secret should have run out'),
    ])
    expect(await told({ token: 'token-2', secret: 'secret-3' })).toEqual([])
  })
})
