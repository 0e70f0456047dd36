import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { ClusterCost } from './cluster/client.ts'
import { type Measured, rounded } from './measured.ts'

interface Started {
  readonly child: ChildProcess
  readonly lines: Interface
  say(text: string): void
}

const start = (program: string, options: readonly string[], ...words: readonly string[]): Started => {
  const file = join(import.meta.dirname, 'cluster', program)
  const child = spawn(process.execPath, [...options, file, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  return {
    child,
    lines: createInterface({ input: child.stdout }),
    say: (text) => void child.stdin.write(`${text}\n`),
  }
}

const line = async ({ lines }: Started): Promise<string> => {
  const [text] = (await once(lines, 'line')) as [string]
  return text
}

const measure = async (count: number, way: 'watch' | 'list'): Promise<readonly Measured[]> => {
  const server = start('server.ts', [], String(count), way)
  try {
    const client = start('client.ts', ['--expose-gc'], `http://127.0.0.1:${await line(server)}`)
    try {
      await line(client)
      server.say('requests')
      const requests = Number(await line(server))
      server.say('change')
      client.say('begun')
      const cost = JSON.parse(await line(client)) as ClusterCost
      if (cost.pods !== count) throw new Error(`${cost.pods} of ${count} pods are known`)
      const name = `${count} pods by ${way}`
      return [
        { name: `${name}: heap`, value: rounded(cost.heap), unit: 'MB', budget: count > 10_000 ? 150 : 60 },
        { name: `${name}: longest freeze, of our CPU`, value: rounded(cost.longest), unit: 'ms', budget: 100 },
        { name: `${name}: to the first full list`, value: rounded(cost.toFull / 1000), unit: 's' },
        { name: `${name}: CPU until then`, value: rounded(cost.cpu / 1000), unit: 's' },
        { name: `${name}: resident at most`, value: rounded(cost.peak), unit: 'MB' },
        { name: `${name}: requests for five resources`, value: requests, unit: '' },
        { name: `${name}: changes told`, value: rounded(cost.changing.changes), unit: '/s' },
        {
          name: `${name}: longest freeze while it changes`,
          value: rounded(cost.changing.longest),
          unit: 'ms',
          budget: 100,
        },
        { name: `${name}: longest snapshot while it changes`, value: rounded(cost.changing.snapshot), unit: 'ms' },
        { name: `${name}: CPU while it changes`, value: rounded(cost.changing.cpu), unit: 'ms/s' },
      ]
    } finally {
      client.child.kill()
    }
  } finally {
    server.child.kill()
  }
}

/** What watching many pods takes, from a server on loopback; see docs/performance.md. */
export const benchCluster = async (): Promise<readonly Measured[]> => [
  ...(await measure(10_000, 'watch')),
  ...(await measure(10_000, 'list')),
  ...(await measure(50_000, 'watch')),
  ...(await measure(50_000, 'list')),
]
