import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mostPerSecond, namespacesMemory, readNamespaces } from '../../../source/nodes/sampler/namespaces-twin.ts'
import { isNamespaceKey, type NamespaceKey, type Take } from '../../../source/nodes/sampler/take.ts'
import { awkNames, type BareAwk, demand, startAwk } from './awks.ts'

let folder = ''
beforeAll(() => {
  demand('gawk', 'mawk', 'busybox', 'original-awk')
})

type Namespaces = Take & { readonly kind: 'namespaces' }

const takeIn = (proc: string): Namespaces => ({
  kind: 'namespaces',
  file: `${proc}/PID`,
  named: [
    { file: 'net/snmp', names: ['Tcp:OutSegs', 'Tcp:RetransSegs', 'Udp:OutDatagrams'] },
    { file: 'net/netstat', names: ['TcpExt:ListenOverflows'] },
  ],
  rows: [{ file: 'net/snmp6', names: ['Udp6OutDatagrams'] }],
  every: 1,
})

/** A process of a namespace: what its files hold; undefined: the file is not there. */
interface Process {
  readonly start: number
  readonly name: string
  readonly snmp: string | undefined
  readonly netstat: string | undefined
  readonly snmp6: string | undefined
}

const pids = [1, 23, 456, 7890] as const

const statOf = (pid: number, { name, start }: Process): string =>
  `${pid} (${name}) S 1 ${Array.from({ length: 17 }, (_, index) => index).join(' ')} ${start} 1 2 3\n`

const write = (processes: readonly (Process | undefined)[]): void =>
  pids.forEach((pid, index) => {
    const process = processes[index]
    rmSync(join(folder, String(pid)), { recursive: true, force: true })
    if (process === undefined) return
    mkdirSync(join(folder, String(pid), 'net'), { recursive: true })
    writeFileSync(join(folder, String(pid), 'stat'), statOf(pid, process))
    for (const file of ['snmp', 'netstat', 'snmp6'] as const)
      if (process[file] !== undefined) writeFileSync(join(folder, String(pid), 'net', file), process[file])
  })

const counter = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 50 }).map(String) },
  // What a namespace can send in a second, and more than that.
  { weight: 3, arbitrary: fc.constantFrom(0, mostPerSecond, mostPerSecond + 1, 2 * mostPerSecond + 50).map(String) },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('-1', '1e3', 'x', '', '0x10') },
)
const header = fc.constantFrom('Tcp: MaxConn OutSegs RetransSegs', 'Tcp: RetransSegs OutSegs', 'Tcp: Other', 'Tcp:')
const snmp = fc
  .tuple(header, fc.array(counter, { minLength: 3, maxLength: 3 }), counter)
  .map(([names, [a, b, c], d]) => `${names}\nTcp: ${a} ${b} ${c}\nUdp: InErrors OutDatagrams\nUdp: 4 ${d}\n`)
const netstat = counter.map((value) => `TcpExt: A ListenOverflows\nTcpExt: 7 ${value}\nIpExt: A\nIpExt: 1\n`)
const snmp6 = counter.map(
  (value) => `Ip6InReceives                   \t5\nUdp6OutDatagrams                \t${value}\n`,
)
const sometimes = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 8 })
const process = fc.record({
  start: fc.constantFrom(5, 17),
  name: fc.constantFrom('pause', 'x) R 1', 'x) R 1\n2 (y) S', ')', '', '((', 'a b\nc'),
  snmp: sometimes(snmp),
  netstat: sometimes(netstat),
  snmp6: sometimes(snmp6),
})
const key = fc
  .tuple(fc.constantFrom(...pids), fc.constantFrom(5, 17), fc.constantFrom(1, 2))
  .map(([pid, start, inode]) => `${pid}:${start}:${inode}` as NamespaceKey)
const moment = fc.record({
  processes: fc.array(sometimes(process), { minLength: 4, maxLength: 4 }),
  list: fc.option(fc.uniqueArray(key, { maxLength: 6 }), { nil: undefined, freq: 2 }),
  count: fc.nat({ max: 8 }),
  forget: fc.boolean(),
})

const readLatin1 = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

const tell = (awk: BareAwk, list: readonly NamespaceKey[]): void => {
  const middle = Math.ceil(list.length / 2)
  awk.child.stdin?.write(`= ${list.slice(0, middle).join(' ')}\n+ ${list.slice(middle).join(' ')}\n`)
}

describe.each(awkNames)('counters of namespaces in %s', (name) => {
  let awk: BareAwk
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kntop-namespaces-'))
  })
  afterAll(async () => {
    await awk.end()
    rmSync(folder, { recursive: true, force: true })
  })

  test('are added up as the twin adds them up, whatever comes, goes, is recycled or goes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 2, maxLength: 8 }), async (history) => {
        const take = takeIn(folder)
        awk = startAwk(name, [{ number: 1, take }])
        const memory = namespacesMemory()
        try {
          for (const { processes, list, count, forget } of history) {
            write(processes)
            if (list !== undefined) {
              memory.list = list
              memory.place = 0
              tell(awk, list)
            }
            const { uptime } = await awk.tick(`${forget ? 'f ' : ''}1 n${count}`)
            const expected = readNamespaces(take, memory, count, uptime, readLatin1).split(' ')
            const [epoch = '', ...said] = awk.held[1]?.lines[0]?.split(' ') ?? []
            expect(Number(epoch)).toBeLessThanOrEqual(uptime)
            expect(Math.abs(Number(said[1]) - Number(expected[1]))).toBeLessThan(2)
            expect(said.with(1, '')).toEqual(expected.with(1, ''))
          }
        } finally {
          await awk.end()
        }
      }),
      { numRuns: 60 },
    )
  })

  test('are not told where nobody asked for any', async () => {
    awk = startAwk(name, [{ number: 1, take: takeIn(folder) }])
    await awk.tick('1')
    expect(awk.held[1]?.lines).toEqual([])
    expect(awk.held[1]?.there).toBeUndefined()
  })
})

test('a process that goes to another namespace makes no spike', () => {
  const take: Namespaces = { ...takeIn('/proc'), named: [{ file: 'net/snmp', names: ['Tcp:OutSegs'] }], rows: [] }
  const memory = namespacesMemory()
  memory.list = ['7:5:1' as NamespaceKey]
  const sumAfter = (sent: number, uptime: number): number => {
    const files = (path: string): string =>
      path.endsWith('stat')
        ? statOf(7, { start: 5, name: 'x', snmp: '', netstat: '', snmp6: '' })
        : `Tcp: OutSegs\nTcp: ${sent}\n`
    return Number(readNamespaces(take, memory, 1, uptime, files).split(' ')[2])
  }
  // It grows; it is another one; that one grows, over 5 s by as much as it can; it is the first one again.
  const sums = [sumAfter(10, 1), sumAfter(15, 2), sumAfter(4e9, 3), sumAfter(4e9 + 1e8, 8), sumAfter(20, 9)]
  expect(sums).toEqual([0, 5, 5, 5 + 1e8, 5 + 1e8])
})

test('a key is three numbers and nothing else', () => {
  expect(isNamespaceKey('12:3456:4026532281')).toBe(true)
  for (const text of ['', '12', '12:3', '0:1:2', '-1:2:3', '1:2:3 ', '1:2:3\n', '1:2:x', '1:2:3:4', '1/2:3:4'])
    expect(isNamespaceKey(text)).toBe(false)
})
