import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listingScript, rttProbe } from '../../../source/nodes/probes/rtt.ts'
import type { Taken } from '../../../source/nodes/taken.ts'
import { demand } from '../sampler/awks.ts'
import { contextOf, sectionsOf } from '../section.ts'
import { parseListing } from './listed-sockets.ts'
import { valueOf } from './recorded.ts'

const [, tier] = rttProbe.tiers
const metrics = ['rtt.min', 'rtt.p50', 'rtt.p99', 'rtt.sockets'] as const

/** What a run of the listing that printed this gives. */
const takenFrom = (text: string): Taken => {
  const section = sectionsOf({}, [{ uptime: 1, files: {} }]).next().value
  if (tier?.kind !== 'command' || section === undefined) throw new Error('no tier that runs a command')
  return tier.step(tier.start, { text, status: 0, cut: false, seconds: Number.NaN }, contextOf(section)).taken
}

/**
 * Where the kernel has no tcp_diag and cannot load it, ss reads /proc/net/tcp, as it does when PROC_NET_TCP names that file. It
 * ends with 0 and lists the sockets; round-trip times it has none.
 */
describe('an ss that the kernel gives no TCP_INFO', () => {
  let server: Server
  let client: Socket
  let ends = ''
  beforeAll(() => demand('ss', 'timeout'))
  beforeEach(async () => {
    server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    client = connect(port, '127.0.0.1')
    await once(client, 'connect')
    client.write('x')
    await once(client, 'data')
    ends = `127.0.0.1:${client.localPort} 127.0.0.1:${port}`
  })
  afterEach(async () => {
    client.destroy()
    server.close()
    await once(server, 'close')
  })

  const run = (environment: Readonly<Record<string, string>>): string => {
    const { text, args } = listingScript()
    return execFileSync('sh', ['-c', text, 'kntop', ...args], {
      encoding: 'latin1',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', ...environment },
    })
  }

  const socketIn = (text: string) => parseListing(text).sockets.find(({ local, peer }) => `${local} ${peer}` === ends)

  test('lists the very sockets without a round-trip time, and says that all is well', () => {
    const text = run({ PROC_NET_TCP: '/proc/net/tcp' })
    expect(parseListing(text).status).toBe(0)
    expect(socketIn(text)).toMatchObject({ rtt: Number.NaN, minimum: Number.NaN })
    expect(socketIn(run({}))?.rtt).toBeGreaterThan(0)
  })

  test('gives no figure, not even how many sockets count, and says what the kernel needs', () => {
    const taken = takenFrom(run({ PROC_NET_TCP: '/proc/net/tcp' }))
    expect(taken.metrics).toEqual([])
    expect([...taken.missing.keys()].toSorted()).toEqual([...metrics])
    for (const absence of taken.missing.values()) {
      expect(absence).toEqual({
        missing: 'no-kernel',
        advice: 'ss tells no round-trip times here: the kernel needs inet_diag and tcp_diag.',
      })
    }
  })
})

test('a few sockets without a round-trip time among others are left out, and cost the others nothing', () => {
  const one = '0 0 10.0.0.1:1 10.1.0.1:443\n\t cubic rtt:3/1 minrtt:2 lastsnd:10 lastack:10\n'
  const taken = takenFrom(`0 0 10.0.0.1:2 10.1.0.2:443\n${one}end 0\n`)
  expect(valueOf(taken, 'rtt.sockets')).toBe(1)
  expect(valueOf(taken, 'rtt.p50')).toBe(3)
})
