import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAddress } from '../../../source/events/address.ts'
import { addressesIn, ownFlowsIn, statIn } from '../../../source/nodes/namespaces/conntrack-lines.ts'
import { addressProgram, ownAggregate } from '../../../source/nodes/namespaces/conntrack-script.ts'
import { type AwkName, awkNames, awks, demand } from '../sampler/awks.ts'

beforeAll(() => demand('gawk', 'mawk', 'busybox', 'original-awk'))

const folder = mkdtempSync(join(tmpdir(), 'kntop-addresses-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const runAwk = (name: AwkName, args: readonly string[], input = ''): readonly string[] => {
  const [command, ...own] = awks[name]
  const { stdout, stderr } = spawnSync(command, [...own, ...args], {
    input,
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  })
  expect(stderr).toBe('')
  return stdout.split('\n').slice(0, -1)
}

/** What awk finds in files as the kernel writes them. */
const found = (name: AwkName, four: readonly string[], six: readonly string[], loop = ''): readonly string[] => {
  const [trie, inet6] = [join(folder, 'fib_trie'), join(folder, 'if_inet6')]
  const leaf = (address: string) => `           |-- ${address}\n              /32 host LOCAL\n`
  writeFileSync(
    trie,
    `Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.9.0.0\n        /24 link UNICAST\n${four.map(leaf).join('')}`,
  )
  writeFileSync(
    inet6,
    six.map((hex) => `${hex} 02 40 ${hex.endsWith('0001') && /^0+1$/.test(hex) ? '10' : '00'} 80     eth0\n`).join(''),
  )
  return runAwk(name, ['-v', `loop=${loop}`, '-v', `trie=${trie}`, '-v', `inet6=${inet6}`, addressProgram])
}

const wholeOf = (hex: string): string => (hex.match(/.{4}/g) ?? []).join(':')

// Half of all parts are 0: runs of them are what differs.
const six = fc.array(
  fc.oneof(
    fc.constant('0000'),
    fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16).padStart(4, '0')),
  ),
  {
    minLength: 8,
    maxLength: 8,
  },
)

describe.each(awkNames)('the addresses of a namespace by %s', (name) => {
  test('are those of its files, each once, of IPv6 as the tool and as the kernel spells them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.ipV4(), { maxLength: 4 }), fc.array(six, { maxLength: 4 }), (four, parts) => {
        const own = four.filter((address) => !address.startsWith('127.'))
        const hex = [...new Set(parts.map((part) => part.join('')))].filter((each) => !/^0+[01]$/.test(each))
        const lines = found(name, [...own, ...own], hex)
        expect(lines.slice(0, own.length)).toEqual(own)
        const told = lines.slice(own.length).map((line) => line.split(' '))
        expect(told.map(([, whole]) => whole)).toEqual(hex.map(wholeOf))
        // Those that hold an address of IPv4 apart, which parseAddress spells as one.
        const plain = told.filter(([, whole = '']) => !whole.startsWith('0000:0000:0000:0000:0000:ffff:'))
        expect(plain.map(([short]) => short)).toEqual(plain.map(([, whole = '']) => parseAddress(whole)))
      }),
      { numRuns: 15 },
    )
  })

  test('have no loopback in them, unless they are those of the node', () => {
    const loopback = '0'.repeat(31) + '1'
    expect(found(name, ['127.0.0.1', '10.0.0.1'], [loopback])).toEqual(['10.0.0.1'])
    expect(found(name, ['127.0.0.1'], [loopback], '1')).toEqual(['127.0.0.1', `::1 ${wholeOf(loopback)}`])
  })

  const of = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `10.0.0.${index}`)
  const sixOf = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `fd${index.toString(16).padStart(30, '0')}`)

  test('are bounded in each family, so that one leaves room to the other, and it is told that there are more', () => {
    expect(found(name, of(64), sixOf(64))).toHaveLength(128)
    expect(found(name, of(90), sixOf(2))).toEqual([...of(64), expect.any(String), expect.any(String), 'more'])
    expect(found(name, of(2), sixOf(65))).toHaveLength(2 + 64 + 1)
  })

  test('are looked for in no more than 20,000 lines of a file, which is told', () => {
    // Two lines each, and three before them.
    const again = (count: number): readonly string[] => Array.from({ length: count }, () => '10.0.0.1')
    expect(found(name, [...again(9998), '10.0.0.2'], [])).toEqual(['10.0.0.1', 'more'])
    expect(found(name, [...again(9997), '10.0.0.2'], [])).toEqual(['10.0.0.1', '10.0.0.2'])
  })

  test('are none where the files are not there', () => {
    expect(runAwk(name, ['-v', 'loop=', '-v', 'trie=/nowhere/x', '-v', 'inet6=/nowhere/y', addressProgram])).toEqual([])
  })
})

const pod = '10.1.0.7'
const entry = (source: string, destination: string, answerer = destination, answeredTo = source): string =>
  `tcp      6 431999 ESTABLISHED src=${source} dst=${destination} sport=4000 dport=80 src=${answerer} dst=${answeredTo} sport=80 dport=4000 [ASSURED] mark=0 use=1`

/** Each with what a pod is in it: c client, b backend, o otherwise. */
const parts: readonly (readonly [string, string])[] = [
  [entry(pod, '10.96.0.10', '10.1.0.9'), 'c'],
  [entry('10.1.0.8', '10.96.0.10', pod), 'b'],
  [entry('192.0.2.1', pod), 'b'],
  [entry(pod, '10.96.0.10', pod), 'cb'],
  [entry('10.1.0.8', pod, '10.1.0.9'), 'o'],
  [entry('10.1.0.8', '8.8.8.8', '8.8.8.8', pod), 'o'],
]

describe.each(awkNames)('the part of a pod in a table, added up by %s', (name) => {
  test('is client and backend apart, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: parts.length - 1 }), { minLength: 1, maxLength: 40 }), (picks) => {
        const input = [...picks.map((pick) => parts[pick]?.[0]), 'listed', 'listed', ''].join('\n')
        const own = ownFlowsIn(
          runAwk(name, ['-v', `mine=${pod} fd00::7`, '-v', 'events=', ownAggregate], input).toSorted(
            (one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10),
          ),
        )
        const count = (role: string) => picks.filter((pick) => parts[pick]?.[1].includes(role)).length
        expect(own?.flows).toMatchObject({
          client: { total: count('c'), rest: 0 },
          backend: { total: count('b'), rest: 0 },
          others: count('o'),
        })
        expect(own?.flows.client.groups.every(({ source }) => source === pod)).toBe(true)
        expect(own?.flows.backend.groups.every(({ answerer }) => answerer === pod)).toBe(true)
        expect(own?.sums).toMatchObject({ odd: 0, whole: 2 })
      }),
      { numRuns: 15 },
    )
  })
})

describe('what a table says of itself', () => {
  test('is summed over CPUs by the names of its columns, in whatever order a kernel has them', () => {
    const names = ['drop', 'early_drop', 'insert_failed', 'invalid', 'chaintoolong', 'found', 'search_restart']
    const rows = fc.array(fc.array(fc.nat(), { minLength: names.length + 1, maxLength: names.length + 1 }), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 1 }), rows, (columns, values) => {
        const lines = values.map((row) =>
          row
            .slice(0, columns.length + 1)
            .map((value) => value.toString(16).padStart(8, '0'))
            .join(' '),
        )
        const told = statIn([`entries  ${columns.join(' ')}`, ...lines])
        expect(told?.entries).toBe(values[0]?.[0])
        for (const { name, value } of told?.counters ?? []) {
          const at = columns.indexOf(name) + 1
          expect(value).toBe(values.reduce((sum, row) => sum + (row[at] ?? 0), 0))
        }
      }),
    )
  })

  test('is nothing where it is none', () => {
    expect(statIn([])).toBeUndefined()
    expect(statIn(['entries x', 'garbage'])).toBeUndefined()
    expect(ownFlowsIn(['2000000000 1 0 2 0 0.1', 'garbage'])).toBeUndefined()
  })

  test('makes no address of what is none', () => {
    expect(addressesIn(['10.1.0.7', "'; reboot", 'fd00::7 fd00:0:0:0:0:0:0:7', '10.1.0.7', '1.2.3.4.5'])).toEqual([
      '10.1.0.7',
      'fd00::7',
    ])
  })
})
