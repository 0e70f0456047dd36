import { createSocket } from 'node:dgram'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { besideGrowth, bracket } from './support/bracket.ts'
import { run } from './support/command.ts'
import { makeNamespace } from './support/namespace.ts'
import { nstat } from './support/nstat.ts'
import { beside, note } from './support/oracle.ts'
import { watch } from './support/watch.ts'

const trouble = fileURLToPath(new URL('programs/trouble.pl', import.meta.url))

/** Rates, and the counters of nstat that each is the growth of. */
const counters = {
  'udp.datagrams_out': ['UdpOutDatagrams', 'Udp6OutDatagrams'],
  'udp.receive_errors': ['UdpInErrors', 'Udp6InErrors'],
  'tcp.listen_overflows': ['TcpExtListenOverflows'],
  'tcp.syn_retransmits': ['TcpExtTCPSynRetrans'],
  'tcp.resets': ['TcpEstabResets'],
} as const satisfies Partial<Record<MetricId, readonly string[]>>

type Counted = keyof typeof counters
const metrics = Object.keys(counters) as Counted[]

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('counters of a network namespace', () => {
  test('add up to what nstat has', async () => {
    const namespace = await makeNamespace('counters')
    const watched = await watch(namespace)
    const program = namespace.start(['perl', trouble, '6', '300'])
    await program.said(/^done/)
    // What found no room is tried again after a second.
    await watched.until('a second attempt', () => watched.total('tcp.syn_retransmits') > 0)
    program.write('\n')
    await program.said(/^closed/)
    const { oracle, ours } = await beside(
      () => Promise.all(metrics.map(async (metric) => sum(await nstat(namespace, ...counters[metric])))),
      async () => {
        await watched.nextFrame()
        return metrics.map(watched.total)
      },
    )
    metrics.forEach((metric, index) => {
      note(`${metric}, added up`, ours[index] ?? Number.NaN, oracle[index] ?? Number.NaN)
      expect(ours[index], metric).toBeCloseTo(oracle[index] ?? Number.NaN, 6)
      expect(oracle[index], metric).toBeGreaterThan(0)
    })
  })
})

/** Interfaces with a device behind them, and not part of another one that has one too. */
const physical = (): readonly string[] =>
  readdirSync('/sys/class/net').filter(
    (name) =>
      existsSync(`/sys/class/net/${name}/device/uevent`) && !existsSync(`/sys/class/net/${name}/master/device/uevent`),
  )

const statistics = {
  'nic.rx': ['rx_bytes', 8],
  'nic.tx': ['tx_bytes', 8],
  'nic.rx_packets': ['rx_packets', 1],
  'nic.tx_packets': ['tx_packets', 1],
} as const satisfies Partial<Record<MetricId, readonly [string, number]>>

type Nic = keyof typeof statistics
const nics = Object.keys(statistics) as Nic[]

const sysfs = (metric: Nic): number => {
  const [file, unit] = statistics[metric]
  return unit * sum(physical().map((name) => Number(readFileSync(`/sys/class/net/${name}/statistics/${file}`, 'utf8'))))
}

/** Sends datagrams to the discard port of the default gateway, so that something passes. */
const sendSome = async (count: number): Promise<void> => {
  const gateway = /^default via (\S+)/m.exec(await run(['ip', 'route']))?.[1]
  if (gateway === undefined) return
  const socket = createSocket('udp4')
  const send = promisify((done: (error: Error | null) => void) => socket.send('x'.repeat(500), 9, gateway, done))
  for (let sent = 0; sent < count; sent++) await send()
  socket.close()
}

describe('the physical interfaces of this machine', () => {
  test('their growth is that of /sys/class/net', async () => {
    const watched = await watch()
    const now = () =>
      bracket(
        watched,
        () => nics.map(sysfs),
        () => nics.map(watched.total),
      )
    const from = await now()
    await sendSome(200)
    besideGrowth(nics, from, await now())
  })
})
