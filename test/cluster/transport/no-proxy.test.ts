import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isExempt } from '../../../source/cluster/transport/no-proxy.ts'
import { hostOf, portOf } from '../../../source/cluster/transport/proxy.ts'

// What golang.org/x/net/http/httpproxy 0.62.0 said: NO_PROXY, the URL, and whether it goes there without the proxy.
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/kubernetes/no-proxy.json'), 'utf8'),
) as readonly (readonly [string, string, boolean])[]

const exempt = (noProxy: string, url: string): boolean => {
  const to = new URL(url)
  return isExempt(noProxy, { host: hostOf(to), port: portOf(to) })
}

describe('NO_PROXY', () => {
  it('exempts what Go exempts, and nothing else', () => {
    expect(recorded.length).toBeGreaterThan(300)
    const differing = recorded.filter(([noProxy, url, expected]) => exempt(noProxy, url) !== expected)
    expect(differing).toEqual([])
  })

  it.each([
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
    ['fd00::/16', 'https://[fd00:1::5]', true],
    ['example.com', 'https://api.example.com', true],
    ['example.com', 'https://notexample.com', false],
    ['.example.com', 'https://example.com', false],
    ['example.com:6443', 'https://example.com:6443', true],
    ['example.com:6443', 'https://example.com', false],
    ['*', 'https://anything.test', true],
    ['', 'https://localhost:6443', true],
    ['', 'https://127.8.9.1', true],
    ['', 'https://[::1]:6443', true],
    ['', 'https://10.0.0.1', false],
  ])('%j and %s: %s', (noProxy, url, expected) => {
    expect(exempt(noProxy, url)).toBe(expected)
  })

  it('exempts each address of a network, whatever else stands in the list, and survives any text', () => {
    const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'))
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), fc.string(), (host, bits, noise) => {
        const list = `${noise.replaceAll(',', '')},${host}/${bits}`
        expect(isExempt(list, { host, port: '6443' })).toBe(true)
      }),
    )
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (noProxy, host) => {
        expect(typeof isExempt(noProxy, { host, port: '443' })).toBe('boolean')
      }),
    )
  })
})
