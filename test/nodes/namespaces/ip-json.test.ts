import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lostIn, rowsIn } from '../../../source/nodes/namespaces/ip-json.ts'
import { overviewLook } from '../../../source/nodes/namespaces/overview.ts'
import { readBy, seenOf } from './seen.ts'

const counters = '{"bytes":1,"packets":1,"errors":0,"dropped":0}'
/** As iproute2 6.1 prints it: it escapes quotes and backslashes in a name, and no other sign. */
const printed = (name: string): string =>
  `{"ifindex":2,"ifname":"${name}","mtu":1500,"addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":8}],"stats64":{"rx":${counters},"tx":${counters}}}`

const namesIn = (names: readonly string[]): readonly unknown[] =>
  rowsIn([`[${names.map(printed).join(',')}]`]).map(({ ifname }) => ifname)

describe('what ip -j prints of interfaces with odd names', () => {
  test.each([
    ['a control character', 'c\u0001d', 'c\u0001d'],
    ['a quote as old ones escape it', String.raw`k\'`, "k'"],
    ['a quote and a backslash', String.raw`e\"f\\`, String.raw`e"f` + '\\'],
  ])('is read with %s', (_, name, read) => {
    expect(namesIn(['eth0', name, 'eth1'])).toEqual(['eth0', read, 'eth1'])
  })

  test('hides no other interface, whatever one is called, and says how many are lost', () => {
    const name = fc.string({ unit: 'binary', maxLength: 15 })
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        const text = `[${['eth0', ...names, 'eth9'].map(printed).join(',')}]`
        const rows = rowsIn([text]).map(({ ifname }) => ifname)
        expect(rows).toContain('eth0')
        expect(rows.length + lostIn([text])).toBeGreaterThan(1)
        expect(rows.includes('eth9') || lostIn([text]) > 0).toBe(true)
      }),
    )
  })

  test('of which one cannot be read at all shows the others, and says so with the command for it', () => {
    const broken = printed('eth1').replace('"mtu":1500', '"mtu":,')
    const ip = `[${printed('eth0')},${broken},${printed('eth2')}]`
    const { interfaces, lacks } = readBy(overviewLook, seenOf({ ip }))
    expect(interfaces.map(({ name }) => name)).toEqual(['eth0', 'eth2'])
    expect(lacks).toEqual([
      { what: '1 interfaces', advice: 'what ip wrote is no JSON: nsenter -t 7 -n ip -s -d addr show' },
    ])
    expect(readBy(overviewLook, seenOf({ ip: ip.slice(0, -9) }, { cut: true })).lacks).toEqual([
      expect.objectContaining({ what: 'the last interfaces' }),
    ])
  })
})
