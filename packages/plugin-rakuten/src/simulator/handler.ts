import type { Answer, Call } from '@kontor/testkit/simulator'
import type { Xml } from './answer-xml.ts'
import type { RakutenOptions } from './options.ts'
import type { RakutenWorld } from './world.ts'

/** One action of the web services. `respond` wraps its answer into the envelope of the action. */
export type Handler = (call: Call<RakutenWorld, RakutenOptions> & { respond: (response: Xml) => Answer }) => Answer
