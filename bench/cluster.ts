import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { ClusterCost } from './cluster/client.ts'
import type { ListCost } from './cluster/cost.ts'
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

/** The same pods watched by client-node's own informer, which only lists; what it holds are whole objects. */
const measureInformer = async (count: number): Promise<ListCost> => {
  const server = start('server.ts', [], String(count), 'list')
  try {
    const client = start(
      'informer.ts',
      ['--expose-gc', '--max-old-space-size=4096'],
      `http://127.0.0.1:${await line(server)}`,
    )
    try {
      return JSON.parse(await line(client)) as ListCost
    } finally {
      client.child.kill()
    }
  } finally {
    server.child.kill()
  }
}

const measure = async (count: number, way: 'watch' | 'list', informer: ListCost): Promise<readonly Measured[]> => {
  const beside = "client-node's informer"
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
        {
          name: `${name}: heap`,
          value: rounded(cost.heap),
          unit: 'MB',
          budget: count > 10_000 ? 150 : 60,
          reference: rounded(informer.heap),
          beside,
        },
        {
          name: `${name}: longest freeze, of our CPU`,
          value: rounded(cost.longest),
          unit: 'ms',
          budget: 100,
          reference: rounded(informer.longest),
          beside,
        },
        {
          name: `${name}: to the first full list`,
          value: rounded(cost.toFull / 1000),
          unit: 's',
          reference: rounded(informer.toFull / 1000),
          beside,
        },
        {
          name: `${name}: CPU until then`,
          value: rounded(cost.cpu / 1000),
          unit: 's',
          reference: rounded(informer.cpu / 1000),
          beside,
        },
        {
          name: `${name}: resident at most`,
          value: rounded(cost.peak),
          unit: 'MB',
          reference: rounded(informer.peak),
          beside,
        },
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

const counts = [10_000, 50_000] as const

/** What watching many pods takes, from a server on loopback; see docs/performance.md. */
export const benchCluster = async (): Promise<readonly Measured[]> => {
  const rows: Measured[] = []
  for (const count of counts) {
    const informer = await measureInformer(count)
    for (const way of ['watch', 'list'] as const) rows.push(...(await measure(count, way, informer)))
  }
  return rows
}
