import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressesOf, identityOf } from '../../source/cluster/addresses.ts'
import { createWords } from '../../source/cluster/slim/fields.ts'
import { slimNode } from '../../source/cluster/slim/node.ts'
import { isRefused } from '../../source/cluster/slim/slim.ts'
import type { NodeRecord } from '../../source/events/records.ts'

interface Said {
  readonly name?: string
  readonly addresses: readonly { readonly type: string; readonly address: string }[]
  readonly info?: object
}

const recordOf = ({ name = 'worker-7', addresses, info = {} }: Said): NodeRecord => {
  const object = { metadata: { name, resourceVersion: '1' }, status: { addresses, nodeInfo: info } }
  const record = slimNode(object, createWords())
  if (isRefused(record)) throw new Error(record.refused)
  return record
}

const usual = recordOf({
  addresses: [
    { type: 'ExternalIP', address: '203.0.113.7' },
    { type: 'InternalIP', address: '10.0.0.7' },
    { type: 'InternalIP', address: 'fd00::7' },
    { type: 'Hostname', address: 'worker-7' },
  ],
  info: { bootID: 'boot', machineID: 'machine' },
})

describe('what a node is called by', () => {
  it('is its place in the map, its name, its internal addresses, its external ones', () => {
    expect(addressesOf(usual, { 'worker-7': 'w7.example' })).toEqual([
      { host: 'w7.example', from: 'nodes map' },
      { host: 'worker-7', from: 'node name' },
      { host: '10.0.0.7', from: 'InternalIP' },
      { host: 'fd00::7', from: 'InternalIP' },
      { host: '203.0.113.7', from: 'ExternalIP' },
    ])
    expect(addressesOf(usual, { other: 'x' })[0]).toEqual({ host: 'worker-7', from: 'node name' })
  })

  it('stands once', () => {
    expect(addressesOf(usual, { 'worker-7': '10.0.0.7' }).map(({ host }) => host)).toEqual([
      '10.0.0.7',
      'worker-7',
      'fd00::7',
      '203.0.113.7',
    ])
  })

  it('is never a word of the map that a transport would take for an option', () => {
    for (const odd of ['-oProxyCommand=x', '', 'a b', 'a;b', 'user@host', 'a\nb'])
      expect(addressesOf(usual, { 'worker-7': odd })[0]?.from).toBe('node name')
    expect(addressesOf(recordOf({ name: 'constructor', addresses: [] }))).toEqual([
      { host: 'constructor', from: 'node name' },
    ])
  })

  it('is an address of another machine or a name, whatever a kubelet says', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom('-oProxyCommand=x', '127.0.0.1', '::1', '0.0.0.0', 'fe80::1', 'x;y', '\u001b]52;c;x'),
      fc.ipV4(),
      fc.ipV6(),
    )
    const said = fc.record({
      type: fc.constantFrom('InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', '__proto__'),
      address: odd,
    })
    fc.assert(
      fc.property(fc.array(said), (addresses) => {
        const odd = addressesOf(recordOf({ addresses })).filter(({ host, from }) =>
          from === 'node name'
            ? host !== 'worker-7'
            : isIP(host) === 0 || /^(127|0)\.|^::1?$|^fe[89ab][0-9a-f]:/.test(host),
        )
        expect(odd).toEqual([])
      }),
    )
  })
})

describe('by what a machine is known to be a node', () => {
  it('are its internal addresses and its ids', () => {
    expect(identityOf(usual)).toEqual({ addresses: ['10.0.0.7', 'fd00::7'], bootId: 'boot', machineId: 'machine' })
  })

  it.each([
    { addresses: [], info: { bootID: 'boot' } },
    { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], info: { bootID: 'boot' } },
    { addresses: [{ type: 'InternalIP', address: '10.0.0.7' }], info: {} },
  ])('is nothing where it cannot prove anything: %j', (said) => expect(identityOf(recordOf(said))).toBeUndefined())
})
