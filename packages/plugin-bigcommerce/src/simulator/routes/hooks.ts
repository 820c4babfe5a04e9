import { refuse, routesFor } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { v3Error, v3Page } from '../answers.ts'
import { hookJson } from '../json.ts'
import type { Options } from '../options.ts'
import { nextId, type World } from '../world.ts'

const route = routesFor<World, Options>()
const root = '/stores/:store/v3/hooks'
const NewHook = z.object({
  scope: z.string(),
  destination: z.string(),
  is_active: z.boolean().default(false),
  headers: z.record(z.string(), z.string()).default({}),
})

export const hookRoutes = [
  route.get(root, ({ world, query }) => {
    const [scope, destination] = [query.get('scope'), query.get('destination')]
    const found = world.hooks.filter(
      (hook) => (scope === null || hook.scope === scope) && (destination === null || hook.destination === destination),
    )
    return v3Page(found.map(hookJson), query)
  }),

  route.get(`${root}/admin`, ({ world }) => ({
    json: {
      data: {
        emails: [],
        hooks_list: world.hooks.map((hook) => ({
          ...hookJson(hook),
          status: hook.is_active ? 'active' : 'deactivated',
        })),
        blocked_domains: world.blockedDomains.map((destination) => ({ destination, time_left: 120, reasons: [] })),
      },
      meta: {
        pagination: {
          total: world.hooks.length,
          count: world.hooks.length,
          per_page: 50,
          current_page: 1,
          total_pages: 1,
        },
      },
    },
  })),

  route.post(root, ({ world, json, clock, truth }) => {
    const body = json(NewHook)
    if (!/^https:\/\/[^/:]+(\/|$)/.test(body.destination))
      return v3Error(422, 'JSON data is missing or invalid', { destination: 'error.pattern' })
    if (world.hooks.some((hook) => hook.scope === body.scope && hook.destination === body.destination))
      return v3Error(422, 'This scope and destination has a webhook already', { destination: 'error.duplicate' })
    const hook = { id: nextId(world), ...body, created: clock.now() }
    world.hooks.push(hook)
    truth.add('hook', `${body.scope} ${body.destination}`)
    return { json: { data: hookJson(hook), meta: {} } }
  }),

  route.put(`${root}/:id`, ({ world, params, json, truth }) => {
    const hook = world.hooks.find(({ id }) => id === Number(params.id)) ?? refuse(v3Error(404, 'Webhook not found'))
    Object.assign(hook, json(NewHook.partial()))
    truth.add('hook-changed', hook.scope, { active: hook.is_active })
    return { json: { data: hookJson(hook), meta: {} } }
  }),
]
