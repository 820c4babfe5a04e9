/** So many calls at once as fill the time an answer takes; the bucket lets through what it may. */
const atOnce = 8

/** Asks for each, some at once, and answers in the order of what was asked. Stops at the first that fails, after those before it. */
export async function* inOrder<A, B>(asked: readonly A[], ask: (one: A) => Promise<B>): AsyncGenerator<B> {
  const started: Promise<B>[] = []
  try {
    for (let next = 0; next < asked.length; next++) {
      for (const one of asked.slice(started.length, next + atOnce)) {
        const answer = ask(one)
        // Whoever comes to it hears of it; until then it is nobody's fault.
        answer.catch(() => undefined)
        started.push(answer)
      }
      const answer = started[next]
      if (answer) yield await answer
    }
  } finally {
    // Nothing goes on behind the back of who has left.
    await Promise.allSettled(started)
  }
}
