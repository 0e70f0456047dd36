import { mkdtempSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test, vi } from 'vitest'
import type { JsonSnapshot } from '../../source/export/json.ts'
import { assured, counted, load, maximum, track } from './support/conntrack.ts'
import { byHand, converse } from './support/conversation.ts'
import { requireKernel } from './support/kernel.ts'
import { printed, readingIn, startKntop, valueIn } from './support/kntop.ts'
import { serveNames } from './support/name-server.ts'
import { folder } from './support/names.ts'
import { alone, ends, makePair } from './support/namespace.ts'
import { nstat } from './support/nstat.ts'
import { beside, note } from './support/oracle.ts'
import { expectPaced } from './support/paced.ts'
import { nodeProgram } from './support/programs.ts'
import { traceSyncs } from './support/trace.ts'

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../docs/kntop-v1.schema.json'), 'utf8'),
) as Record<string, unknown>

const expectValid = (snapshot: JsonSnapshot): void => {
  const ajv = new Ajv2020({ validateFormats: false })
  expect(ajv.validate(schema, snapshot), ajv.errorsText()).toBe(true)
}

/** Holds a printed figure beside its oracle; `part`: by what part of it the two may differ. */
const expectNear = (figure: string, ours: number, oracle: number, part: number, unit: string): void => {
  note(`kntop --once: ${figure}`, ours, oracle, unit)
  expect(Math.abs(ours - oracle), figure).toBeLessThanOrEqual(part * oracle)
}

const once = ['--once', '--output', 'json', '--local']

describe('kntop --once --output json', () => {
  test('agrees with every oracle, with the disk probe and the DNS capture', async (context) => {
    await requireKernel(context, 'veth cables', 'connection tracking in a namespace', 'tracing of system calls')
    await requireKernel(context, 'iptables statistic match')
    const pair = await makePair()
    const { near, far } = pair
    await track(near, { loopback: false })
    await load(near, 0, 5000)
    const { enter, client } = await serveNames(pair)
    const tell = await converse(pair)
    await tell('open 10')
    const loss = '-A INPUT -p tcp -m statistic --mode random --probability 0.1 -j DROP'
    await far.run(['iptables', ...loss.split(' ')])
    const before = await nstat(near, 'TcpOutSegs', 'TcpRetransSegs')

    const place = mkdtempSync(join(folder, 'disk-'))
    const flags = ['--with', 'disk-probe,dns-capture', '--disk-probe-folder', place, '--wait', '9']
    const kntop = startKntop([...once, ...flags], enter)
    const probe = await vi.waitFor(
      () => {
        // Others are perl, too: what asks for sockets, and whether perl would do.
        const found = kntop.mark
          .processes()
          .find(({ name, command }) => name === 'perl' && command.includes('$fdatasync'))
        if (found === undefined || !kntop.mark.processes().some(({ name }) => name === 'tcpdump')) throw new Error('-')
        return found.pid
      },
      { timeout: 20_000, interval: 20 },
    )
    const calls = await traceSyncs(probe)
    client.write('pace 500 nowhere.kntop.test\n')
    await tell('ping 30')
    const entries = await counted(near)
    const snapshot = await printed(kntop)
    const traced = calls().map(({ took }) => took)
    const after = await nstat(near, 'TcpOutSegs', 'TcpRetransSegs')

    expectValid(snapshot)
    expect([entries, valueIn(snapshot, 'conntrack.entries')]).toEqual([entries, await counted(near)])
    note('kntop --once: conntrack.entries', valueIn(snapshot, 'conntrack.entries'), entries)
    expectPaced('kntop --once: dns.lookups of 500 questions a second', valueIn(snapshot, 'dns.lookups'), client, 500)
    expect(valueIn(snapshot, 'dns.nxdomain_share')).toBe(100)
    const [sent = 0, again = 0] = after.map((count, index) => count - (before[index] ?? 0))
    // What kntop asks etcd for passes over loopback, without loss.
    expectNear(
      'tcp.retransmit_share',
      valueIn(snapshot, 'tcp.retransmit_share'),
      (100 * again) / (sent + again),
      0.05,
      ' %',
    )

    const mean = readingIn(snapshot, 'fdatasync.mean')
    const many = 'samples' in mean ? (mean.samples ?? 0) : 0
    // Some calls more may have ended between the last reading and the end.
    const means = [0, 1, 2, 3, 4, 5].flatMap((late) => {
      const first = traced.length - late - many
      const same = traced.slice(Math.max(0, first), traced.length - late)
      return first < 0 ? [] : [same.reduce((sum, took) => sum + took, 0) / same.length]
    })
    const ours = valueIn(snapshot, 'fdatasync.mean')
    const nearest = means.toSorted((one, other) => Math.abs(one - ours) - Math.abs(other - ours))[0] ?? Number.NaN
    expect(many).toBeGreaterThan(5)
    expectNear('fdatasync.mean', ours, nearest, 0.1, ' ms')
  })

  test('agrees on drops of a full table, and on round-trip times', async (context) => {
    await requireKernel(context, 'veth cables', 'connection tracking in a namespace', 'a limit of tracked connections')
    const pair = await makePair()
    const { near } = pair
    await track(near, { loopback: false })
    const tell = await converse(pair)
    await tell('open 5')
    await tell('ping 50')
    await load(near, 0, maximum() - (await counted(near)), assured)
    const flows = near.start(nodeProgram('udp-flows', ends.far, 40_000, 500))

    const { oracle, ours: snapshot } = await beside(
      () => byHand(near),
      () => printed(startKntop([...once, '--wait', '2'], [...near.enter, ...alone])),
      () => tell('ping 50'),
    )
    expectValid(snapshot)
    expect(valueIn(snapshot, 'rtt.sockets')).toBe(oracle.count)
    expectNear('rtt.p50 of 5 sockets', valueIn(snapshot, 'rtt.p50'), oracle.median, 1e-6, ' ms')
    expectPaced(
      'kntop --once: conntrack.drop of 500 new flows a second',
      valueIn(snapshot, 'conntrack.drop'),
      flows,
      500,
    )
    expect(readingIn(snapshot, 'conntrack.drop')).toMatchObject({ band: 'critical' })
    expect(snapshot.crossings.map(({ metric }) => metric)).toContain('conntrack.drop')
  })
})
