import { writeSync } from 'node:fs'
import { Session, type Debugger } from 'node:inspector/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { KontorError } from '@kontor/core'
import { systemClock } from '@kontor/core/host'
import { z } from 'zod'
import { openStoreAt } from '../../engine/open-engine.ts'
import { whoseKey } from '../../engine/supervisor.ts'
import { noteHeldUp } from '../../store/held-up.ts'
import type { HoldUp } from './watch.ts'

/** Longest for each of: looking where it stands, noting it, ending it in order. */
const patienceMs = 5_000

/** Ends the process whose main thread is held up: says where it stands and whose code that is, and puts that off in the store. */
export async function endProcess(given: HoldUp): Promise<void> {
  const session = new Session()
  const stand = await within(whereItStands(session))
  const whose = stand?.whose
    ? `the plugin ${stand.whose.plugin} of ${stand.whose.connection} (${stand.whose.doing})`
    : 'something'
  const error = new KontorError('PLUGIN_STALLED', {
    message: `For ${Math.round(given.afterMs / 1000)} seconds ${whose} let nothing else of this process run${stand?.place ? `, in ${stand.place}` : ''}. The process was ended; nothing is lost, and its work is taken up by another runner or its next start. Report it to the author of the plugin.`,
  })
  say(error)
  if (stand?.whose) await within(note(given, stand.whose, error))
  if (stand)
    await within(session.post('Debugger.evaluateOnCallFrame', evaluate(stand.frame, `process.exit(${given.exitCode})`)))
  await pause(patienceMs)
  process.kill(given.pid, 'SIGKILL')
}

const Whose = z.object({ connection: z.string(), plugin: z.string(), doing: z.string() })
const Answer = z.object({
  result: z.object({
    value: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(Whose),
  }),
})
interface Stand {
  frame: Debugger.CallFrame
  /** `blocks of /srv/plugin.js:12`. */
  place: string | undefined
  whose: z.infer<typeof Whose> | undefined
}

/** Stops the main thread where it is, however busy, and asks where that is and whose code it runs. */
async function whereItStands(session: Session): Promise<Stand | undefined> {
  session.connectToMainThread()
  const files = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => {
    if (url.startsWith('file:')) files.set(scriptId, fileURLToPath(url))
  })
  const paused = Promise.withResolvers<Debugger.CallFrame[]>()
  session.on('Debugger.paused', ({ params }) => paused.resolve(params.callFrames))
  await session.post('Debugger.enable')
  await session.post('Debugger.pause')
  const frames = await paused.promise
  const [frame] = frames
  if (!frame) return undefined
  const known = frames.find(({ location }) => files.has(location.scriptId))
  const place =
    known &&
    `${known.functionName || 'a function'} of ${files.get(known.location.scriptId)}:${known.location.lineNumber + 1}`
  const answer: unknown = await session.post(
    'Debugger.evaluateOnCallFrame',
    evaluate(frame, `globalThis.${whoseKey}?.()`),
  )
  return { frame, place, whose: Answer.safeParse(answer).data?.result.value }
}

const evaluate = ({ callFrameId }: Debugger.CallFrame, expression: string) => ({
  callFrameId,
  expression,
  returnByValue: true,
})

async function note(given: HoldUp, whose: z.infer<typeof Whose>, error: KontorError): Promise<void> {
  const store = await openStoreAt(given.store, systemClock)
  await noteHeldUp(store, given, whose, error)
  await store.close()
}

/** As the log does, but without the main thread. */
const say = ({ code, message }: KontorError): void =>
  void writeSync(2, `${JSON.stringify({ level: 'error', time: new Date().toISOString(), code, message })}\n`)

const within = async <T>(work: Promise<T>): Promise<T | undefined> =>
  await Promise.race([work.catch(() => undefined), pause(patienceMs, undefined)])
