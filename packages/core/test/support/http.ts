import { createHttp, createMemoryBuckets, createRedactor, type HttpOptions } from '../../src/host/index.ts'
import type { Http, Limits } from '../../src/index.ts'
import { isKontorError, type KontorError } from '../../src/index.ts'
import { createTestClock, type TestClock } from './clock.ts'

interface Begun {
  keys: readonly string[]
  doing: string
  method: string
  url: string
  effect: string
}

export interface TestHttp {
  http: Http
  clock: TestClock
  begun: Begun[]
  options: HttpOptions
}

/** A client for one server, with every part real but the time. */
export function httpFor(origin: string, changes: Partial<HttpOptions> & { limits?: Limits } = {}): TestHttp {
  const clock = createTestClock()
  const begun: Begun[] = []
  const options: HttpOptions = {
    plugin: 'corner-shop',
    hosts: { api: [origin] },
    fetch: (input, init) => fetch(input, init),
    clock,
    buckets: createMemoryBuckets(),
    journal: {
      begin: async (keys, call) => {
        begun.push({ keys, ...call })
      },
    },
    redactor: createRedactor(),
    bucketKey: (name) => name,
    random: () => 0.5,
    ...changes,
  }
  return { http: createHttp(options), clock, begun, options }
}

/** The error a promise ends with. */
export async function errorOf(work: Promise<unknown>): Promise<KontorError> {
  try {
    await work
  } catch (error) {
    if (isKontorError(error)) return error
    throw error
  }
  throw new Error('expected an error, and there was none')
}
