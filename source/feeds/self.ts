import type { Event } from '../events/event.ts'

const period = 5000

/** Tells what kntop itself takes: share of a core in percent over the last 5 s, resident bytes. */
export const watchSelf = (emit: (events: readonly Event[]) => void, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    let before = process.cpuUsage()
    let at = performance.now()
    const tell = (): void => {
      const used = process.cpuUsage(before)
      const now = performance.now()
      emit([{ type: 'self', cpu: (used.user + used.system) / 10 / (now - at), memory: process.memoryUsage.rss() }])
      before = process.cpuUsage()
      at = now
    }
    const timer = setInterval(tell, period)
    const stop = (): void => {
      clearInterval(timer)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
