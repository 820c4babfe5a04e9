import { readFileSync } from 'node:fs'
import { checkAgainstOpenApi, NO_SPECS, specsFolder } from '@kontor/testkit/simulator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { all, anOrder, earn, EMAIL, openProgramme, reverse, wish } from '../../test/programme.ts'

const specs = specsFolder()
const Answered = z.object({ data: z.unknown() })
const Example = z.object({ body: Answered })
const { signal } = new AbortController()

async function traffic(variant: 'credits' | 'orders') {
  await using open = await openProgramme({ config: { variant } })
  const { programme, connection, write, readBack } = open
  const drive = <T>(work: Promise<T> | undefined): Promise<T | undefined> => programme.drive(Promise.resolve(work))
  await drive(connection.check())
  await drive(connection.ensure?.({}))
  await write(wish(earn(), { order: anOrder() }), wish(reverse('32')))
  const reward = { 'kontor.reward': programme.world.rewards[0]?.uuid }
  const [redeemed] = await write(
    wish({ id: 'r', kind: 'redeem', points: '50', extensions: reward }),
    wish(earn({ id: 'shop/2:earn', points: '90' }), { order: anOrder() }),
  )
  const [again] = await write(wish({ id: 'r2', kind: 'redeem', points: '50', extensions: reward }))
  for (const outcome of [redeemed, again])
    if (outcome?.is === 'done')
      await write(
        wish({ id: 'b', kind: 'restore', points: '50', extensions: { 'kontor.redemption': outcome.reference } }),
      )
  await readBack(wish(earn(), { order: anOrder() }), wish(reverse('32')))
  const member = await drive(connection.loyalty?.member({ email: EMAIL }, signal))
  const id = member?.id ?? ''
  await drive(connection.loyalty?.member({ id }, signal))
  await drive(connection.loyalty?.balance(id, signal))
  await drive(connection.loyalty?.quote?.({ memberId: id, amount: { amount: '5.00', currency: 'EUR' } }, signal))
  await drive(connection.loyalty?.rewards?.(id, signal))
  const booked = connection.loyalty?.booked?.({ orderKey: 'shop/218' }, signal)
  await drive(booked && all(booked))
  return { exchanges: programme.exchanges.all, strange: [...programme.unknownRoutes, ...programme.failures] }
}

describe.skipIf(specs === undefined)(`published description (skipped where ${NO_SPECS})`, () => {
  it('agrees with what is sent and answered', { timeout: 30_000 }, async () => {
    const runs = [await traffic('credits'), await traffic('orders')]
    const report = checkAgainstOpenApi({
      file: `${specs}/loyalty/leat-openapi.trimmed.yaml`,
      exchanges: runs.flatMap(({ exchanges }) => exchanges),
      basePath: '/api/v3',
      exceptions: [
        {
          reason:
            'the file is made of a Postman collection and leaves out all query parameters; the documentation has these',
          where: /^query$/,
        },
        {
          reason: 'the documentation says that requests are taken as JSON or as a form; the collection shows forms',
          where: /^request body$/,
          message: /multipart/,
        },
        {
          reason:
            'failures are 400 with a code of their own (documentation, error handling); the file lists successes alone',
          where: /^response 400$/,
        },
        {
          reason: 'documented under loyalty transactions, attributes; not among the paths of the file',
          path: /loyalty-transaction-attributes$/,
        },
        { reason: 'documented under orders, find; not among the paths of the file', path: /orders\/find$/ },
      ],
    })
    expect(runs.flatMap(({ strange }) => strange)).toEqual([])
    expect(
      report.violations.map(
        ({ operation, where, message, times }) => `${operation} | ${where} | ${message} | ${times}`,
      ),
    ).toEqual([])
    expect(report.covered.length).toBe(12)
  })

  it.each([
    ['credit-receptions.create-credit-reception', 'POST', /\/credit-receptions$/],
    ['contacts.get-credit-balance', 'GET', /\/credit-balance$/],
    ['credit-receptions.calculate-credits', 'GET', /\/calculate$/],
    ['shops.list-shops', 'GET', /\/shops$/],
    ['reward-receptions.create-reward-reception', 'POST', /\/reward-receptions$/],
  ])('the answer of %s has what the published example has', async (name, method, path) => {
    const { exchanges } = await traffic('credits')
    const exchange = exchanges.find((one) => one.method === method && path.test(one.path) && one.status === 200)
    const example = Example.parse(JSON.parse(readFileSync(`${specs}/loyalty/examples/${name}.json`, 'utf8')))
    const answer = Answered.parse(JSON.parse(exchange?.responseBody.toString('utf8') ?? '{}'))
    const keysOf = (data: unknown): string[] => Object.keys((Array.isArray(data) ? data[0] : data) ?? {})
    const missing = keysOf(example.body.data).filter(
      (key) => !keysOf(answer.data).includes(key) && !/^someAttribute|^expires_at$/.test(key),
    )
    expect(missing).toEqual([])
  })
})
