/** Watches for the wish to stop. The first asks for an orderly end; the second ends at once. */
export interface SignalWatch {
  readonly signal: AbortSignal
  /** True where a person pressed Ctrl-C. SIGTERM is how a service is stopped, and no interruption. */
  interrupted(): boolean
  end(): void
}

export function watchSignals(): SignalWatch {
  const controller = new AbortController()
  let interrupted = false
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130)
    interrupted = name === 'SIGINT'
    controller.abort(new DOMException('The command was stopped.', 'AbortError'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    interrupted: () => interrupted,
    end() {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
