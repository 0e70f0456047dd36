import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../test/nodes/connections/free-port.ts'
import { cpuOf, memoryOf } from './cost.ts'

const scrapes = 20

/** What Prometheus' node_exporter costs per scrape with its defaults: milliseconds of CPU of all threads, bytes, memory. */
export const measureNodeExporter = async (): Promise<{
  readonly cpu: number
  readonly bytes: number
  readonly rss: number
  readonly pss: number
}> => {
  const port = await freePort()
  const child = spawn('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
  const started = once(child, 'spawn')
  try {
    await started.catch(() => {
      throw new Error('not installed: prometheus-node-exporter (apt-get install prometheus-node-exporter)')
    })
    const url = `http://127.0.0.1:${port}/metrics`
    const scrape = async (): Promise<number> => (await (await fetch(url)).arrayBuffer()).byteLength
    for (;;) {
      const bytes = await scrape().catch(() => 0)
      if (bytes > 0) break
      await wait(50)
    }
    for (let warm = 0; warm < 3; warm += 1) await scrape()
    const pids = [child.pid ?? 0]
    const before = cpuOf(pids)
    let bytes = 0
    for (let turn = 0; turn < scrapes; turn += 1) {
      bytes += await scrape()
      await wait(100)
    }
    return { cpu: (cpuOf(pids) - before) / scrapes, bytes: bytes / scrapes, ...memoryOf(pids) }
  } finally {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
}
