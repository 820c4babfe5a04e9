import type { Log } from '@kontor/core'

const afterMs = 5_000

/** A timer or a socket that a plugin has left open keeps no process from ending whose work is done. */
export function endAnyway(log: Log): void {
  setTimeout(() => {
    const open = [...new Set(process.getActiveResourcesInfo())].join(', ')
    log.warn(`Something was left open and does not end by itself (${open}). The runner ends all the same.`)
    process.exit()
  }, afterMs).unref()
}
