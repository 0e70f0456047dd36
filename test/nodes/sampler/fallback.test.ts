import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import type { NumberedTake } from '../../../source/nodes/sampler/awk.ts'
import { filesOf, groupsReading } from '../../../source/nodes/sampler/fallback.ts'
import { openSampler } from '../../../source/nodes/sampler/session.ts'
import type { Every, Take } from '../../../source/nodes/sampler/take.ts'
import { type Marked, mark } from '../processes.ts'
import { feed, greeting, listen, marker } from './protocol.ts'
import { ended, textsOf } from './texts.ts'

const numbered = (...takes: readonly Take[]): readonly NumberedTake[] =>
  takes.map((take, index) => ({ number: index + 1, take }))

const raw = numbered(
  { kind: 'whole', file: '/etc/resolv.conf', every: 1 },
  { kind: 'whole', file: '/proc/b', every: 5 },
  { kind: 'interfaces', file: '/proc/net/dev', every: 1 },
)

/** A frame as the fallback script writes it: the files by `head -v`, each with a line of its own above it. */
const rawFrame = (sequence: number, groups: string, files: Readonly<Record<string, string>>): string => {
  const body = Object.entries(files)
    .map(([path, text]) => `==> ${path} <==\n${text}`)
    .join('\n')
  return `@${sequence} ${sequence} raw ${groups}\n${body}\n## ${marker}\n`
}

const listenRaw = () => {
  const heard = listen(raw)
  feed(heard, greeting('engine=head lease=0 relay=0'))
  return heard
}

describe('a frame of whole files', () => {
  test.each([
    ['whose last line has no end', 'a\nb', ['a', 'b']],
    ['that is empty', '', []],
    ['that ends in an empty line', 'a\n\n', ['a', '']],
    ['that holds what ends a frame of awk', 'a\n##\nb\n', ['a', '##', 'b']],
    ['that holds what begins a frame', '@1 1 1\n', ['@1 1 1']],
  ])('gives a file %s', (_, text, lines) => {
    const heard = listenRaw()
    feed(heard, rawFrame(1, '1', { '/etc/resolv.conf': text, '/proc/net/dev': 'head\n' }))
    feed(heard, rawFrame(2, '1', { '/proc/net/dev': 'head\n', '/etc/resolv.conf': text }))
    expect(heard.failures).toEqual([])
    expect(heard.frames.map((frame) => frame.lines[0])).toEqual([lines, lines])
  })

  test('keeps what was not asked for, and loses what was asked for and did not come', () => {
    const heard = listenRaw()
    feed(heard, rawFrame(1, '1,5', { '/etc/resolv.conf': 'a\n', '/proc/b': 'b\n' }))
    feed(heard, rawFrame(2, '1', {}))
    feed(heard, rawFrame(3, '5', {}))
    expect(heard.frames.map((frame) => frame.lines.slice(0, 2))).toEqual([
      [['a'], ['b']],
      [undefined, ['b']],
      [undefined, undefined],
    ])
  })

  test('counts an interface as physical as long as the group that looks for its device finds it', () => {
    const heard = listenRaw()
    const dev = { '/proc/net/dev': 'eth9: 1 2 3 4 5 6 7 8 9 10 11 12\n' }
    const seen = { '/sys/class/net/eth9/device/uevent': '', '/sys/class/net/eth9/speed': '1000\n' }
    feed(heard, rawFrame(1, '1,60', { ...dev, ...seen }))
    feed(heard, rawFrame(2, '1', dev))
    feed(heard, rawFrame(3, '1,60', dev))
    const line = 'eth9 1 2 3 4 5 9 10 11 12 - 1000 -'
    expect(heard.frames.map((frame) => frame.lines[2])).toEqual([[line], [line], []])
  })

  test('takes no file that nobody asked for, not even under a name of another group', () => {
    const heard = listenRaw()
    const dev = { '/proc/net/dev': 'eth9: 1 2 3 4 5 6 7 8 9 10 11 12\n' }
    feed(heard, rawFrame(1, '1', { ...dev, '/sys/class/net/eth9/device/uevent': '', '/etc/shadow': 'x\n' }))
    expect(heard.frames[0]?.lines).toEqual([undefined, undefined, []])
  })
})

describe('the list of files', () => {
  test('names each file once, and files beside it as patterns in the group that needs them', () => {
    expect(filesOf(raw, 1)).toEqual({
      files: ['/etc/resolv.conf', '/proc/net/dev'],
      patterns: ['/sys/class/net/*/statistics/rx_missed_errors', '/sys/class/net/*/carrier_changes'],
    })
    expect(filesOf(raw, 5)).toEqual({ files: ['/proc/b'], patterns: [] })
  })

  test('knows the groups of a file by its name', () => {
    const groupsOf = groupsReading(raw)
    expect(groupsOf('/proc/b')).toEqual([5])
    expect(groupsOf('/sys/class/net/eth0.100/speed')).toEqual([60])
    expect(groupsOf('/sys/class/net/eth0/address')).toEqual([])
  })
})

describe('a node without awk', () => {
  let folder = ''
  let marked: Marked
  let connection: Connection
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kntop-head-'))
    marked = mark()
    connection = await connectLocal()
  })
  afterEach(async () => {
    connection.close()
    await connection.closed
    marked.forget()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = async (takes: readonly NumberedTake[], shell: readonly [string, ...string[]], engine?: 'head') => {
    let arrived: () => void = () => undefined
    const sampler = await openSampler({
      connection,
      takes,
      onFrame: () => arrived(),
      signal: new AbortController().signal,
      shell,
      ...(engine ? { engine } : {}),
    })
    return {
      read: (groups: readonly Every[]) =>
        new Promise<readonly (readonly string[] | undefined)[]>((resolve, reject) => {
          arrived = () =>
            resolve(
              takes.map(({ number }) => {
                const one = sampler.held[number]
                return one?.there === true ? [...one.lines] : undefined
              }),
            )
          void sampler.ended.then((why) => reject(new Error(why)))
          sampler.tick(groups)
        }),
    }
  }

  test.each([
    ['dash', ['dash']],
    ['bash', ['bash']],
    ['busybox', ['busybox', 'sh']],
  ] as const)('gives the same figures as one with it, in %s', async (_, shell) => {
    const machine = { interfaces: readdirSync('/sys/class/net'), blocks: readdirSync('/sys/block') }
    const texts = textsOf(machine)
    const file = (name: string): string => join(folder, name)
    const takes = numbered(
      { kind: 'whole', file: file('any'), every: 1 },
      { kind: 'lines', file: file('any'), field: 2, first: ['10', 'a'], fields: [2, 1], every: 5 },
      { kind: 'busiest', file: file('stat'), fields: [2, 4], every: 1 },
      { kind: 'hex', file: file('hex'), header: true, sum: ['drop', 'searched'], first: ['entries'], every: 1 },
      { kind: 'named', file: file('paired'), names: ['Tcp:OutSegs', 'TcpExt:Retrans'], every: 1 },
      { kind: 'interfaces', file: file('interfaces'), every: 1 },
      { kind: 'blocks', file: file('blocks'), every: 60 },
      { kind: 'addresses', file: file('trie'), every: 60 },
      { kind: 'contains', file: file('cpuinfo'), first: 'flags', word: 'hypervisor', every: 60 },
    )
    const names = ['any', 'stat', 'hex', 'paired', 'interfaces', 'blocks', 'trie', 'cpuinfo'] as const
    const awk = await open(takes, shell)
    const head = await open(takes, shell, 'head')
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          Object.fromEntries(
            names.map((name) => [name, fc.option(texts[name], { nil: undefined, freq: 10 })]),
          ) as Record<(typeof names)[number], fc.Arbitrary<string | undefined>>,
        ),
        async (files) => {
          for (const name of names) {
            const text = files[name]
            if (text === undefined) rmSync(file(name), { force: true })
            else writeFileSync(file(name), ended(text.replaceAll('==>', '=>')), 'latin1')
          }
          expect(await head.read([1, 5, 60])).toEqual(await awk.read([1, 5, 60]))
        },
      ),
      { numRuns: 40, endOnFailure: true },
    )
  })
})
