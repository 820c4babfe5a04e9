import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'

/** Resources that hold a process alive, or come again and again. Sockets belong to Node's own pool. */
const HOLDING = new Set([
  'Timeout',
  'FSEVENTWRAP',
  'STATWATCHER',
  'PROCESSWRAP',
  'WORKER',
  'SIGNALWRAP',
  'FILEHANDLE',
  'UDPWRAP',
])

const inside = new AsyncLocalStorage<symbol>()

/** What the work began and has not ended when it is over, a moment granted for farewells: by kind. */
export async function leftBehind(work: () => Promise<void>): Promise<string[]> {
  const mark = Symbol('work')
  const open = new Map<number, { type: string; resource: object }>()
  const hook = createHook({
    init(id, type, _, resource) {
      if (HOLDING.has(type) && inside.getStore() === mark) open.set(id, { type, resource })
    },
    destroy: (id) => void open.delete(id),
  })
  hook.enable()
  try {
    await inside.run(mark, work)
    for (let turn = 0; turn < 30 && held(open).length > 0; turn += 1) await inside.exit(() => pause(15))
    return held(open)
  } finally {
    hook.disable()
  }
}

const held = (open: ReadonlyMap<number, { type: string; resource: object }>): string[] =>
  [...open.values()].filter(({ resource }) => isHolding(resource)).map(({ type }) => type)

/** A timer that lets the process go does no harm. */
function isHolding(resource: object): boolean {
  return !('hasRef' in resource) || typeof resource.hasRef !== 'function' || resource.hasRef() === true
}
