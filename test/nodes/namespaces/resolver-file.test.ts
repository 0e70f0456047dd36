import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolverOf } from '../../../source/nodes/namespaces/resolver-file.ts'

const read = (text: string) => resolverOf(text.split('\n'))

describe('a resolv.conf', () => {
  test('as Kubernetes writes it', () => {
    const text =
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'
    expect(read(text)).toEqual({
      servers: ['10.96.0.10'],
      searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      timeout: 5,
      attempts: 2,
      options: ['ndots:5'],
      notes: [],
    })
  })

  test('that is empty has the defaults of a resolver, and says whom it asks', () => {
    expect(read('')).toEqual({
      servers: [],
      searches: [],
      ndots: 1,
      timeout: 5,
      attempts: 2,
      options: [],
      notes: ['no name server is named: a resolver asks 127.0.0.1'],
    })
  })

  test('of more than three servers keeps three, and says so', () => {
    const { servers, notes } = read([1, 2, 3, 4].map((host) => `nameserver 10.0.0.${host}`).join('\n'))
    expect(servers).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3'])
    expect(notes).toEqual(['4 name servers: only the first three are ever asked'])
  })

  test('takes IPv6 servers, with their scope, and nothing that is no address', () => {
    const text = 'nameserver fd00::a\nnameserver fe80::1%eth0\nnameserver dns.example\nnameserver\nnameserver '
    expect(read(text).servers).toEqual(['fd00::a', 'fe80::1%eth0'])
  })

  test('what stands behind a server is left out', () => {
    expect(read('nameserver 10.0.0.1 # the first').servers).toEqual(['10.0.0.1'])
  })

  test.each([
    ['search a b\nsearch c', ['c']],
    ['search a b\ndomain c', ['c']],
    ['domain a\nsearch b c', ['b', 'c']],
    ['search a\nsearch', ['a']],
    ['search a\nsearch  ', ['a']],
    ['domain a b', ['a']],
    ['search\ta \t b', ['a', 'b']],
  ] as const)('the last of its lines of search and domain counts: %j', (text, searches) => {
    expect(read(text).searches).toEqual(searches)
  })

  test.each([
    ['options ndots:2 ndots:3', 3],
    ['options ndots:2\noptions rotate', 2],
    ['options ndots:99', 15],
    ['options ndots:0', 0],
    ['options ndots:x', 1],
    ['options ndots:', 1],
    ['options xndots:4', 1],
    ['options ndots:4x', 4],
  ])('ndots of %j is %i', (text, ndots) => {
    expect(read(text).ndots).toBe(ndots)
  })

  test('timeout and attempts are bounded as in glibc, and other options are kept as they are', () => {
    expect(read('options timeout:99 attempts:9 rotate single-request-reopen')).toMatchObject({
      timeout: 30,
      attempts: 5,
      options: ['timeout:99', 'attempts:9', 'rotate', 'single-request-reopen'],
    })
  })

  test.each([
    '#nameserver 10.0.0.1',
    ';nameserver 10.0.0.1',
    ' nameserver 10.0.0.1',
    'nameserver:10.0.0.1',
    'NAMESERVER 10.0.0.1',
  ])('a line that does not begin with the keyword and a blank sets nothing: %j', (line) => {
    expect(read(line).servers).toEqual([])
  })

  test('carriage returns are left out, and it is said that glibc does not', () => {
    const { servers, searches, ndots, notes } = read('nameserver 10.0.0.1\r\nsearch a b\r\noptions ndots:3\r\n')
    expect({ servers, searches, ndots }).toEqual({ servers: ['10.0.0.1'], searches: ['a', 'b'], ndots: 3 })
    expect(notes).toEqual([expect.stringContaining('carriage return')])
  })

  test('more than 255 characters of search domains are more than musl takes', () => {
    const search = (count: number) =>
      read(`nameserver 10.0.0.1\nsearch ${Array(count).fill('x'.repeat(15)).join(' ')}`).notes
    expect([search(16), search(17)]).toEqual([[], [expect.stringContaining('musl')]])
  })
})

describe('any file', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'nameserver',
      'search',
      'domain',
      'options',
      'ndots:',
      'timeout:',
      '10.0.0.1',
      'fe80::1%',
      ' ',
      '\t',
      '\r',
      '7',
    ),
  )
  const file = fc.array(fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')))

  test('is read without an error, within what a resolver takes', () => {
    fc.assert(
      fc.property(file, (lines) => {
        const { servers, ndots, timeout, attempts } = resolverOf(lines)
        expect(servers.length).toBeLessThanOrEqual(3)
        expect([ndots <= 15, timeout <= 30, attempts <= 5].every(Boolean)).toBe(true)
        expect([ndots, timeout, attempts].every((value) => Number.isInteger(value) && value >= 0)).toBe(true)
      }),
    )
  })

  const domain = fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z]{1,8}){0,3}$/)

  test('what was written is what is read, whatever comments stand between', () => {
    const settings = fc.record({
      servers: fc.array(fc.ipV4(), { minLength: 1, maxLength: 3 }),
      searches: fc.array(domain, { minLength: 1, maxLength: 6 }),
      ndots: fc.nat(15),
    })
    const comment = fc.string().map((text) => `# ${text.replaceAll(/[\r\n]/g, '')}`)
    fc.assert(
      fc.property(settings, fc.array(comment), ({ servers, searches, ndots }, comments) => {
        const lines = [
          ...servers.map((server) => `nameserver ${server}`),
          `search ${searches.join(' ')}`,
          `options ndots:${ndots}`,
        ]
        const mixed = lines.flatMap((line, index) => [...comments.slice(index, index + 1), line])
        expect(resolverOf(mixed)).toMatchObject({ servers, searches, ndots })
      }),
    )
  })
})
