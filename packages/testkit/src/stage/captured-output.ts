type Write = typeof process.stdout.write

/** What a piece of work wrote to stdout and stderr, console included; it is still shown. */
export async function captureOutput<T>(work: () => Promise<T>): Promise<{ result: T; text: string }> {
  let text = ''
  const streams = [process.stdout, process.stderr]
  const originals = streams.map((stream) => stream.write.bind(stream))
  const consoles = ['log', 'info', 'warn', 'error', 'debug'] as const
  const spoken = consoles.map((name) => console[name])
  streams.forEach((stream, index) => {
    const original = originals[index]
    const write = (...all: Parameters<Write>): boolean => {
      text += typeof all[0] === 'string' ? all[0] : Buffer.from(all[0]).toString('utf8')
      return original?.(...all) ?? true
    }
    stream.write = write as Write
  })
  consoles.forEach((name, index) => {
    console[name] = (...all: unknown[]): void => {
      text += `${all.map(String).join(' ')}\n`
      spoken[index]?.(...all)
    }
  })
  try {
    const result = await work()
    return { result, text }
  } finally {
    streams.forEach((stream, index) => {
      const original = originals[index]
      if (original !== undefined) stream.write = original
    })
    consoles.forEach((name, index) => {
      const original = spoken[index]
      if (original !== undefined) console[name] = original
    })
  }
}
