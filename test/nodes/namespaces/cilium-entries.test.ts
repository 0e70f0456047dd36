import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Address, parseAddress } from '../../../source/events/address.ts'
import type { ServiceDoor, ServicePlace } from '../../../source/events/look-rules.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { ciliumEntries } from '../../../source/nodes/namespaces/cilium-entries.ts'
import { protocolNumbers, serviceKey, serviceKeys, spaced } from '../../../source/nodes/namespaces/cilium-keys.ts'
import { ciliumWalk } from '../../../source/nodes/namespaces/cilium-walk.ts'
import { rulesRuns } from '../../../source/nodes/namespaces/rules-script.ts'
import { matcherOf, programsIn } from '../../../source/nodes/programs/programs.ts'
import { clean } from '../../../source/text/clean.ts'
import { cleanText } from '../../interface/arbitraries.ts'

const door: ServiceDoor = { name: clean('http'), protocol: 'tcp', port: 80, nodePort: 30080 }

const place = (more: Partial<ServicePlace> = {}): ServicePlace => ({
  id: 'web/front' as ServiceId,
  addresses: ['10.96.0.10' as Address, 'fd00:96::a' as Address],
  doors: [door],
  ...more,
})

const address = (): fc.Arbitrary<Address> =>
  fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => parseAddress(text) ?? expect.fail(text))

describe('keys of a service in Cilium’s maps', () => {
  test('are its addresses with its ports, and its ports of the node with no address', () => {
    expect(serviceKeys(place())).toEqual([
      '0a60000a0050000006000000',
      'fd00009600000000000000000000000a0050000006000000',
      '000000007580000006000000',
      '000000000000000000000000000000007580000006000000',
    ])
    expect(spaced('0a60000a0050')).toBe('0a 60 00 0a 00 50')
  })

  test('have 12 bytes, or 24', () => {
    fc.assert(
      fc.property(address(), fc.integer({ min: 1, max: 65_535 }), (one, port) => {
        expect(serviceKey(one, port, 17)).toMatch(one.includes(':') ? /^[0-9a-f]{48}$/ : /^[0-9a-f]{24}$/)
      }),
    )
  })
})

describe('entries of a service in Cilium’s maps', () => {
  test('are told by their keys, their flags and the numbers of their backends', () => {
    const { fronts, backends, ...rest } = ciliumEntries(
      [
        'pins /sys/fs/bpf/tc/globals',
        'backends 4 cilium_lb4_backends_v3',
        'backend 4 300 0a0002061f90',
        'backend 4 7 -',
        'front 6 0a60000a0050000006000000 16788016 3 16 1 300,7,-',
        'left 2',
        'end',
      ],
      place(),
    )
    expect(fronts).toMatchObject([
      {
        ...{ family: 4, address: '10.96.0.10', port: 80, door, protocol: 6, isInternal: false },
        ...{ union: 16_788_016, count: 3, flags: 16, held: 1, ids: [300, 7, undefined] },
      },
    ])
    expect([...backends]).toEqual([
      ['4 300', { family: 4, address: '10.0.2.6', port: 8080 }],
      ['4 7', undefined],
    ])
    expect(rest).toMatchObject({ pins: '/sys/fs/bpf/tc/globals', left: 2, troubles: [], isWhole: true })
  })

  test.each([
    ['with more backends than it counts', 'front 6 0a60000a0050000006000000 0 1 0 0 300,7'],
    ['with backends, and counts none', 'front 6 0a60000a0050000006000000 0 0 0 0 300'],
    ['with numbers that no field holds', `front 6 0a60000a0050000006000000 0 ${'9'.repeat(400)} 0 0 300`],
    ['with a list that is cut', 'front 6 0a60000a0050000006000000 0 2 0 0 300,'],
  ])('are none where a line is of an entry %s', (_, line) => {
    expect(ciliumEntries([line, `left ${'9'.repeat(400)}`, 'end'], place())).toMatchObject({ fronts: [], left: 0 })
  })

  test('are read back as they were asked for, whatever address and port', () => {
    const protocols = fc.constantFrom<ServiceDoor['protocol']>('tcp', 'udp', 'sctp')
    const port = () => fc.integer({ min: 1, max: 65_535 })
    fc.assert(
      fc.property(address(), port(), protocols, fc.boolean(), (one, number, protocol, isInternal) => {
        const own = { ...door, protocol, port: number, nodePort: 0 }
        const key = serviceKey(one, number, protocolNumbers[protocol])
        const scoped = `${key.slice(0, -6)}${isInternal ? '01' : '00'}0000`
        const line = `front ${protocolNumbers[protocol]} ${scoped} 0 0 0 0 `
        const { fronts } = ciliumEntries([line], place({ addresses: [one], doors: [own] }))
        expect(fronts).toMatchObject([
          { address: one, port: number, door: own, protocol: protocolNumbers[protocol], isInternal, ids: [] },
        ])
      }),
    )
  })

  test('of another service are none of this one', () => {
    const lines = ['0a60000b0050', '0a60000a0051', '0a60000a0050'].map((end, index) => {
      const protocol = index === 2 ? 17 : 6
      return `front ${protocol} ${end}0000${protocol.toString(16).padStart(2, '0')}000000 0 0 0 0 `
    })
    expect(ciliumEntries(lines, place()).fronts).toEqual([])
  })

  test('are never made of what is none', () => {
    const lines = fc.array(
      fc.oneof(
        cleanText(),
        fc
          .tuple(fc.constantFrom('front', 'backend', 'backends', 'left', 'pins'), cleanText())
          .map((two) => two.join(' ')),
      ),
    )
    fc.assert(
      fc.property(lines, (some) => {
        const { fronts, left } = ciliumEntries(some, place())
        expect(fronts).toEqual([])
        expect(left).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('the walk through Cilium’s maps', () => {
  test('opens maps for reading, asks for their sizes and for single keys, and for nothing else', () => {
    const commands = [...ciliumWalk.matchAll(/syscall\(\$bpf, (\d+),/g)].map(([, number]) => Number(number))
    // BPF_OBJ_GET, BPF_OBJ_GET_INFO_BY_FD, BPF_MAP_LOOKUP_ELEM.
    expect(commands.toSorted((one, other) => one - other)).toEqual([1, 7, 15])
    expect(ciliumWalk.match(/syscall\(/g)).toHaveLength(commands.length)
    expect(ciliumWalk).toContain('pack("pLL", $path, 0, 8)')
    expect(ciliumWalk).not.toContain("'")
  })

  test('is listed with the keys that it is given', () => {
    const isListed = matcherOf(programsIn(rulesRuns))
    const keys = serviceKeys(place()).join(' ')
    expect(isListed(['nice', '-n', '19', 'perl', '-e', ciliumWalk, keys])).toBe(true)
    expect(isListed(['perl', '-e', ciliumWalk, keys])).toBe(true)
    expect(isListed(['perl', '-e', `${ciliumWalk}; unlink "/x"`, keys])).toBe(false)
    expect(isListed(['perl', '-e', ciliumWalk, '/etc/passwd'])).toBe(false)
  })
})
