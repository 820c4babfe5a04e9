import { isKontorError, toMs, type Clock, type Instant, type Page, type Plugin, type Reader } from '@kontor/core'
import { promise, Violation } from '../suite/case.ts'
import { readerSpec } from '../suite/manifest.ts'
import { PageStore } from './page-store.ts'

/** A page with its checkpoint as the store keeps it: as text. */
export interface StoredPage {
  readonly page: Page
  readonly checkpoint: string
}

export interface ReadSettings {
  since: Instant
  until?: Instant
  /** Text of a stored checkpoint. */
  checkpoint?: string | undefined
  signal?: AbortSignal
  /** Called after each page is kept and before the reader goes on. */
  afterPage?(stored: StoredPage, index: number): void | Promise<void>
  /** Stop, as a process that dies does, with this page in hand and before it is kept. */
  dieWithPage?: number
}

/** No honest reading of a test's world needs more. */
const MOST_PAGES = 3_000
const MOST_ROUNDS = 40

/** One run of a reader, as the runner does it: page, commit, on. Ends at the end or at `resumeAt`. */
export async function readOnce(
  plugin: Plugin,
  name: string,
  reader: Reader,
  settings: ReadSettings,
): Promise<{ pages: StoredPage[]; resumeAt?: Instant; died: boolean }> {
  const pages: StoredPage[] = []
  const request = {
    since: settings.since,
    ...(settings.until === undefined ? {} : { until: settings.until }),
    ...(settings.checkpoint === undefined ? {} : { checkpoint: loadCheckpoint(plugin, name, settings.checkpoint) }),
    signal: settings.signal ?? new AbortController().signal,
  }
  const iterator = reader.read(request)[Symbol.asyncIterator]()
  let resumeAt: Instant | undefined
  for (;;) {
    const next = await iterator.next()
    if (next.done === true) break
    if (pages.length === settings.dieWithPage) return { pages, died: true }
    const stored = { page: next.value, checkpoint: saveCheckpoint(name, next.value.checkpoint) }
    pages.push(stored)
    await settings.afterPage?.(stored, pages.length - 1)
    resumeAt = next.value.resumeAt
    promise(pages.length < MOST_PAGES, `reader ${name} has yielded ${MOST_PAGES} pages and does not end`)
  }
  return { pages, died: false, ...(resumeAt === undefined ? {} : { resumeAt }) }
}

/** Runs until the reader has nothing more to say, waiting where it asks to be resumed later. */
export async function readToEnd(
  plugin: Plugin,
  name: string,
  reader: Reader,
  clock: Clock,
  settings: ReadSettings,
): Promise<ReadResult> {
  const store = new PageStore()
  const pages: StoredPage[] = []
  let checkpoint = settings.checkpoint
  const keep = async (stored: StoredPage, index: number): Promise<void> => {
    store.apply(stored.page)
    pages.push(stored)
    checkpoint = stored.checkpoint
    await settings.afterPage?.(stored, index)
  }
  for (let round = 0; ; round += 1) {
    const waitMs = await oneRound(plugin, name, reader, clock, { ...settings, checkpoint, afterPage: keep })
    if (waitMs === undefined) return { store, pages, checkpoint }
    if (round > MOST_ROUNDS)
      throw new Violation(`reader ${name} has asked ${MOST_ROUNDS} times to be resumed later, and has still not ended`)
    await clock.sleep(waitMs, settings.signal)
  }
}

/** How long to wait for the next round; undefined at the end. A bucket that is empty for long ends a run, and the next goes on later. */
async function oneRound(
  plugin: Plugin,
  name: string,
  reader: Reader,
  clock: Clock,
  settings: ReadSettings,
): Promise<number | undefined> {
  try {
    const { resumeAt } = await readOnce(plugin, name, reader, settings)
    return resumeAt === undefined ? undefined : Math.max(0, toMs(resumeAt) - clock.now())
  } catch (thrown) {
    if (isKontorError(thrown) && thrown.code === 'RATE_LIMITED' && thrown.retryAfterMs !== undefined)
      return thrown.retryAfterMs
    throw thrown
  }
}

export interface ReadResult {
  readonly store: PageStore
  readonly pages: readonly StoredPage[]
  /** The newest, as text. */
  readonly checkpoint: string | undefined
}

function saveCheckpoint(name: string, checkpoint: unknown): string {
  const text = JSON.stringify(checkpoint)
  if (text === undefined) throw new Violation(`reader ${name} yielded a page without a checkpoint`)
  return text
}

function loadCheckpoint(plugin: Plugin, name: string, text: string): unknown {
  const result = readerSpec(plugin, name).checkpoint['~standard'].validate(JSON.parse(text))
  if (result instanceof Promise) throw new Violation(`the checkpoint schema of reader ${name} does not answer at once`)
  if (result.issues !== undefined)
    throw new Violation(
      `reader ${name} yielded a checkpoint that its own schema refuses once it was stored: ${result.issues.map(({ message }) => message).join('; ')} (${text})`,
    )
  return result.value
}

/** What a plugin threw, for a message: its code where it is one of ours. */
export const describeThrown = (thrown: unknown): string =>
  isKontorError(thrown)
    ? `${thrown.code}: ${thrown.message}`
    : thrown instanceof Error
      ? `${thrown.name}: ${thrown.message}`
      : String(thrown)
