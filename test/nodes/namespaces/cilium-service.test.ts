import { describe, expect, test } from 'vitest'
import type { Address } from '../../../source/events/address.ts'
import type { ServicePlace } from '../../../source/events/look-rules.ts'
import type { ServiceId } from '../../../source/events/names.ts'
import { ciliumEntries } from '../../../source/nodes/namespaces/cilium-entries.ts'
import { serviceKey } from '../../../source/nodes/namespaces/cilium-keys.ts'
import { ciliumService } from '../../../source/nodes/namespaces/cilium-service.ts'
import { ciliumByHand, ciliumLacks } from '../../../source/nodes/namespaces/cilium-words.ts'
import { clean } from '../../../source/text/clean.ts'

const service: ServicePlace = {
  id: 'web/front' as ServiceId,
  addresses: ['10.96.0.10' as Address, '192.0.2.80' as Address],
  doors: [{ name: clean('http'), protocol: 'tcp', port: 80, nodePort: 0 }],
}

interface Made {
  readonly address?: string
  readonly flags?: number
  readonly union?: number
  readonly count?: number
  readonly held?: number
  readonly ids?: string
  readonly scope?: '00' | '01'
}

const front = ({ address = '10.96.0.10', flags = 0, union = 0, count, held = 0, ids = '5,6', scope = '00' }: Made) => {
  const key = `${serviceKey(address as Address, 80, 6).slice(0, -6)}${scope}0000`
  return `front 6 ${key} ${union} ${count ?? ids.split(',').filter(Boolean).length} ${flags} ${held} ${ids}`
}

const backends = ['backend 4 5 0a0001051f90', 'backend 4 6 0a0002061f90', 'backends 4 cilium_lb4_backends_v3']

const entriesOf = (...made: readonly Made[]) =>
  ciliumEntries(['pins /sys/fs/bpf/tc/globals', ...backends, ...made.map(front), 'left 0', 'end'], service)

const seen = (...made: readonly Made[]) => ciliumService(entriesOf(...made))

const loadBalancer = 1 << 5

describe('an entry of Cilium’s', () => {
  test.each<[string, Made, string]>([
    ['its backends by number', {}, '2 backends: 5, 6'],
    ['one backend as one', { ids: '5' }, '1 backend: 5'],
    ['that there is none', { ids: '' }, 'no backend'],
    [
      'that there is none here',
      { ids: '', flags: loadBalancer | (1 << 2) },
      'none: no backend on this node; those of this node only',
    ],
    ['that some are held back', { held: 2 }, '2 backends: 5, 6; 2 held back, ending or unhealthy'],
    [
      'affinity without the algorithm above it',
      { flags: 1 << 4, union: (2 << 24) | 60 },
      '2 backends: 5, 6; affinity 60 s',
    ],
    ['source ranges', { flags: loadBalancer | (1 << 7) }, '2 backends: 5, 6; for some source addresses only'],
    [
      'a proxy, whose port is in network order',
      { flags: 1 << 10, union: 0x10_27, ids: '' },
      'to the proxy of this node for HTTP, at port 10000',
    ],
    [
      'a translation of families',
      { flags: 1 << 9, ids: '', count: 2 },
      'translated into the other family of addresses',
    ],
    ['a local redirect policy', { flags: 1 << 8, ids: '5' }, '1 backend: 5; by a local redirect policy'],
    ['what was lost', { ids: '5,9,-' }, '3 backends: 5, 9, none; 2 of them not in cilium_lb4_backends_v3'],
  ])('tells %s', (_, made, words) => {
    expect(seen(made).elements).toEqual([
      { family: 4, map: 'cilium_lb4_services_v2', key: '10.96.0.10 . tcp . 80', verdict: words },
    ])
  })

  test('of a cluster address goes by the internal policy, others by the external one', () => {
    const policy = (made: Made) => seen(made).backends[0]?.policy
    const [external, internal] = [1 << 2, 1 << 12]
    expect(policy({ flags: external })).toBe('cluster')
    expect(policy({ flags: internal })).toBe('local')
    expect(policy({ flags: loadBalancer | external })).toBe('local')
    expect(policy({ flags: loadBalancer | internal })).toBe('cluster')
    expect(policy({ flags: loadBalancer | external, scope: '01' })).toBe('cluster')
    expect(policy({ flags: loadBalancer | internal, scope: '01' })).toBe('local')
  })
})

describe('backends of a service by Cilium’s entries', () => {
  test('have equal shares, and one in two slots twice as much', () => {
    const shares = seen({ ids: '5,6,5,6,6' }).backends.map(({ address, share }) => `${address} ${share}`)
    expect(shares).toEqual(['10.0.1.5 0.4', '10.0.2.6 0.6'])
  })

  test('are told once though several addresses lead to them', () => {
    const { backends, elements } = seen({}, { address: '192.0.2.80', flags: loadBalancer })
    expect(elements).toHaveLength(2)
    expect(backends.map(({ address, port, chain }) => `${address} ${port} ${chain}`)).toEqual([
      '10.0.1.5 8080 cilium_lb4_services_v2 10.96.0.10 . tcp . 80',
      '10.0.2.6 8080 cilium_lb4_services_v2 10.96.0.10 . tcp . 80',
    ])
  })

  test('of a redirect need not be endpoints', () => {
    expect(seen({ flags: 1 << 8 }).backends).toMatchObject([{ isRedirect: true }, { isRedirect: true }])
    expect(seen({}).backends[0]).not.toHaveProperty('isRedirect')
  })

  test('that were not asked for are counted', () => {
    expect(seen({ count: 300 }).left).toBe(298)
    expect(seen({ count: 300, flags: 1 << 9, ids: '' }).left).toBe(0)
  })
})

describe('what of Cilium’s entries is not told', () => {
  const lacks = (...lines: readonly string[]) => ciliumLacks(ciliumEntries(lines, service), 0, service)

  test.each([
    ['refused machine', 'kntop reads its maps on x86-64, ARM64 and RISC-V'],
    ['refused proc', '/proc/self/exe'],
    ['refused lookup Operation not permitted', 'the kernel refused it (lookup Operation not permitted)'],
    ['closed cilium_lb4_services_v2 Permission denied', 'the kernel did not open it (Permission denied)'],
    ['unpinned cilium_lb4_services_v2', 'is not pinned on this node'],
  ])('is said with a reason and advice: %s', (line, words) => {
    const [lack, ...others] = lacks(line, 'end')
    expect(lack?.advice).toContain(words)
    expect(lack?.advice).toMatch(/by hand, in the agent's pod of this node: cilium-dbg bpf lb list$/)
    expect(others).toEqual([])
  })

  test('is all where it did not end in time, and nothing where it did', () => {
    expect(lacks('pins /sys/fs/bpf/tc/globals')).toMatchObject([{ advice: expect.stringContaining('too long') }])
    expect(lacks('end')).toEqual([])
  })

  test('are those of more addresses than are asked for', () => {
    const addresses = Array.from({ length: 300 }, (_, index) => `10.97.${index >> 8}.${index & 255}` as Address)
    const many = { ...service, addresses }
    expect(ciliumLacks(ciliumEntries(['end'], many), 0, many)).toMatchObject([{ what: /^44 of its entries/ }])
  })
})

describe('by hand', () => {
  test('an entry is looked up, then its slots and backends in the order of bytes of the machine', () => {
    const at = 'bpftool map lookup pinned /sys/fs/bpf/tc/globals'
    expect(ciliumByHand(entriesOf({ ids: '5,70000' }), service).slice(0, -1)).toEqual([
      `${at}/cilium_lb4_services_v2 key hex 0a 60 00 0a 00 50 00 00 06 00 00 00`,
      `${at}/cilium_lb4_services_v2 key hex 0a 60 00 0a 00 50 01 00 06 00 00 00`,
      `${at}/cilium_lb4_services_v2 key hex 0a 60 00 0a 00 50 02 00 06 00 00 00`,
      `${at}/cilium_lb4_backends_v3 key hex 05 00 00 00`,
      `${at}/cilium_lb4_backends_v3 key hex 70 11 01 00`,
    ])
  })

  test('it is the keys of the service where nothing was found, or nothing could be asked', () => {
    for (const entries of [undefined, ciliumEntries(['refused perl'], service)])
      expect(ciliumByHand(entries, service)).toEqual([
        expect.stringContaining('key hex 0a 60 00 0a 00 50 00 00 06 00 00 00'),
        expect.stringContaining('key hex c0 00 02 50 00 50 00 00 06 00 00 00'),
        expect.stringContaining(`cilium-dbg bpf lb list | grep -F -A 8 -e '10.96.0.10:80' -e '192.0.2.80:80'`),
      ])
  })

  test('it is never more than can be read', () => {
    const ids = Array.from({ length: 250 }, (_, index) => index + 1).join(',')
    expect(ciliumByHand(entriesOf({ ids }), service)).toHaveLength(41)
  })
})
