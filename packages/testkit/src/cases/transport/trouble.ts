import type { FaultInput } from '../../simulator/index.ts'
import { eachHttpReader, promise, type CaseTemplate } from '../../suite/case.ts'
import { promiseArrived, promiseThrew, readThrough, type ReadThrough } from './flow.ts'

const chapter = 'transport' as const

function survives(
  id: string,
  sentence: string,
  faults: readonly FaultInput[],
  when: string,
  also?: (read: ReadThrough) => void,
): CaseTemplate {
  return {
    chapter,
    id,
    promise: sentence,
    applies: eachHttpReader,
    async run(context, subject) {
      const read = await readThrough(context, subject, faults)
      promiseArrived(read, when)
      also?.(read)
    },
  }
}

function surrenders(id: string, sentence: string, faults: readonly FaultInput[], when: string): CaseTemplate {
  return {
    chapter,
    id,
    promise: sentence,
    applies: eachHttpReader,
    async run(context, subject) {
      const error = promiseThrew(await readThrough(context, subject, faults), when)
      promise(
        error.failureType !== 'config' || error.code === 'ENDPOINT_MISMATCH',
        `it says ${error.code}, as if the operator had to change something, ${when}`,
      )
    },
  }
}

/** After each refusal, the next request to the same path comes no earlier than was asked. */
function promiseSilence({ system }: ReadThrough, askedMs: number): void {
  const exchanges = system.exchanges?.all ?? []
  exchanges.forEach((exchange, index) => {
    if (exchange.status !== 429) return
    const next = exchanges.slice(index + 1).find(({ path }) => path === exchange.path)
    const pausedMs = next === undefined ? Infinity : Date.parse(next.at) - Date.parse(exchange.at)
    promise(
      pausedMs >= askedMs,
      `the system asked for ${askedMs / 1000} s of silence, and the next request came after ${pausedMs / 1000} s`,
    )
  })
}

const OFTEN = { times: 2 }

export const troubleCases: readonly CaseTemplate[] = [
  survives(
    'retry-after',
    'told to come back in 7 seconds, it comes back, and not earlier',
    [{ do: 'throttle', retryAfterSeconds: 7, match: OFTEN }],
    'after 429 with Retry-After',
    (read) => promiseSilence(read, 7_000),
  ),
  survives(
    'retry-after-date',
    'told a time to come back at, it comes back, and not earlier',
    [{ do: 'throttle', retryAfterSeconds: 9, form: 'date', match: { nth: 1 } }],
    'after 429 with Retry-After as a date',
    (read) => promiseSilence(read, 8_000),
  ),
  survives(
    'retry-untold',
    'told to slow down without a time, it waits a little and goes on',
    [{ do: 'throttle', match: OFTEN }],
    'after 429 without Retry-After',
    (read) => promiseSilence(read, 50),
  ),
  survives(
    'server-errors',
    'two server errors in a row lose nothing',
    [{ do: 'status', status: 503, match: OFTEN }],
    'after two 503',
  ),
  survives(
    'gateway-page',
    'a gateway’s error page in between loses nothing',
    [
      { do: 'html', status: 502, match: { nth: 2 } },
      { do: 'html', status: 504, match: { nth: 1 } },
    ],
    'after a 502 with a web page',
  ),
  survives(
    'connection-cut',
    'a connection cut in the middle of an answer loses nothing',
    [
      { do: 'cutBody', match: { every: 2, times: 2 } },
      { do: 'reset', match: { nth: 1 } },
    ],
    'after cut connections',
  ),
  survives(
    'slow',
    'an answer that trickles in arrives whole',
    [{ do: 'slowBody', chunks: 5, pauseMs: 15, match: { times: 3 } }],
    'from a slow connection',
  ),
  surrenders(
    'server-down',
    'when the system stays down, reading ends with a transient error, and not as if all were read',
    [{ do: 'status', status: 500 }],
    'while the system is down',
  ),
  surrenders(
    'always-cut',
    'when every answer is cut, reading ends with an error, and not as if all were read',
    [{ do: 'cutBody' }],
    'while every answer is cut',
  ),
  surrenders(
    'html',
    'a web page where data is due is an error, and no empty list',
    [{ do: 'html', status: 200, body: '<!DOCTYPE html><html><body>Maintenance</body></html>' }],
    'when a web page came with status 200',
  ),
]
