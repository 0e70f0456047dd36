import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Socket } from '../../../source/events/looks.ts'
import { nameOf } from '../../../source/events/names.ts'
import { socketsLook } from '../../../source/nodes/namespaces/sockets.ts'
import type { Lab } from '../cluster.ts'
import { enterPod, type LabPod, lookAt, lookBy, overSsh, podOf } from './looking.ts'
import { withLab } from './with-lab.ts'

/** Says its own port, sends a line so many times, one each 100 ms, and holds the connection until its input ends. */
const talker = `
const [address, port, count] = process.argv.slice(1)
const connection = require('node:net').connect(Number(port), address, () => {
  console.log(connection.localPort)
  let left = Number(count)
  const say = () => { if (left-- > 0) { connection.write('still there?\\n'); setTimeout(say, 100) } }
  say()
})
connection.resume().on('error', (error) => { throw error })
process.stdin.resume().on('end', () => process.exit())`

/** Holds a connection of a pod until the test ends; its own port. */
const hold = async (pod: LabPod, address: string, port: number, lines: number): Promise<number> => {
  const words = [...enterPod(pod), process.execPath, '-e', talker, address, String(port), String(lines)]
  const child = spawn('env', words, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${address} ${port}: it ended with ${String(code)} before it was open`)
  })
  const [own] = await Promise.race([once(child.stdout, 'data'), failed])
  // From here on its end is the test's.
  failed.catch(() => undefined)
  return Number(String(own))
}

interface Times {
  /** Milliseconds. */
  readonly rtt: number
  readonly leastRtt: number
  /** Segments sent again. */
  readonly retransmits: number
}

/** What `ss -tin` says of the socket of a port. It leaves out what was never sent again. */
const byHand = async ({ node, pid }: LabPod, port: number): Promise<Times> => {
  const text = await node.run(['nsenter', '-t', pid, '-n', '--', 'ss', '-tinH', 'sport', '=', `:${port}`])
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1])
  return {
    rtt: number(/ rtt:([\d.]+)\//),
    leastRtt: number(/ minrtt:([\d.]+)/),
    retransmits: text.includes(' retrans:') ? number(/ retrans:\d+\/(\d+)/) : 0,
  }
}

const timesOf = (sockets: readonly Socket[], port: number): Partial<Times> => {
  const found = sockets.filter(({ localPort, protocol }) => localPort === port && protocol === 'tcp')
  expect(found).toHaveLength(1)
  return Object.fromEntries(
    (['rtt', 'leastRtt', 'retransmits'] as const).map((name) => [name, found[0]?.[name] ?? Number.NaN]),
  )
}

/** Tried again where something was sent or acknowledged meanwhile. */
const patience = { timeout: 60_000, interval: 300 }

/** As kntop asks, with perl held; or one run of the script, as where there is no perl. */
const ways = {
  perl: (lab: Lab, pod: LabPod) => lookAt(pod, 'sockets', overSsh(lab, pod.node)),
  script: (_: Lab, pod: LabPod) => lookBy(socketsLook, pod),
} as const

const pods = [
  { app: 'client', which: 'with a network of its own' },
  { app: 'peers', which: 'on the network of its node' },
  { app: 'meshed', which: 'that translates addresses by itself' },
] as const

describe('the sockets of a real pod', () => {
  withLab((lab) => {
    test.for(pods.flatMap((one) => (['perl', 'script'] as const).map((way) => ({ ...one, way }))))(
      '$which have the times that ss tells, by $way',
      async ({ app, way }) => {
        const pod = await podOf(lab, app)
        const of = ['get', 'service', '--namespace=payments', 'shop', '--output=jsonpath={.spec.clusterIP}']
        // What the third one sends to port 81 of itself goes to 8080.
        const [address, to] = app === 'meshed' ? ['127.0.0.1', 81] : [(await lab.kubectl(of)).trim(), 80]
        const port = await hold(pod, address, to, 0)
        await vi.waitFor(async () => {
          const before = await byHand(pod, port)
          const { sockets } = await ways[way](lab, pod)
          expect(await byHand(pod, port)).toEqual(before)
          expect(before.rtt).toBeGreaterThan(0)
          expect(before.leastRtt).toBeGreaterThan(0)
          expect(timesOf(sockets, port)).toEqual(before)
        }, patience)
      },
    )

    test('have the segments sent again that ss counts, where the way loses some', async () => {
      const pod = await podOf(lab, 'client')
      const ledger = await podOf(lab, 'ledger')
      const of = ['get', 'pod', '--namespace=payments', nameOf(ledger.place.id), '--output=jsonpath={.status.podIP}']
      const address = (await lab.kubectl(of)).trim()
      await lab.fault('pod-loss', pod.node.name, true)
      try {
        const port = await hold(pod, address, 7500, 300)
        await vi.waitFor(async () => {
          const before = await byHand(pod, port)
          const { sockets } = await lookBy(socketsLook, pod)
          const after = await byHand(pod, port)
          const { retransmits } = timesOf(sockets, port)
          expect(retransmits).toBeGreaterThanOrEqual(before.retransmits)
          expect(retransmits).toBeLessThanOrEqual(after.retransmits)
          expect(before.retransmits).toBeGreaterThan(2)
        }, patience)
      } finally {
        await lab.fault('pod-loss', pod.node.name, false)
      }
    })
  })
})
