import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Library, lookupsOf, type ResolverRules } from '../../source/metrics/lookups-of-name.ts'
import { clean } from '../../source/text/clean.ts'

const rulesOf = (more: { [Key in keyof ResolverRules]?: ResolverRules[Key] } = {}): ResolverRules => ({
  servers: [clean('10.96.0.10')],
  searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'].map((domain) => clean(domain)),
  ndots: 5,
  attempts: 2,
  options: [],
  ...more,
})

const lookedUp = (name: string, rules: ResolverRules, library?: Library) => {
  const lookups = lookupsOf(clean(name), rules, library)
  if (lookups.state !== 'looked-up') throw new Error(lookups.why)
  return lookups
}

describe('what a lookup sends', () => {
  // Measured with dnsmasq as the server: names of another domain with ndots 5 and three search domains.
  test('a name of the outside costs eight queries in a pod as Kubernetes makes it', () => {
    expect(lookedUp('api.example.com', rulesOf())).toEqual({
      state: 'looked-up',
      names: [
        'api.example.com.default.svc.cluster.local.',
        'api.example.com.svc.cluster.local.',
        'api.example.com.cluster.local.',
        'api.example.com.',
      ],
      types: ['A', 'AAAA'],
      queries: 8,
      most: 16,
    })
  })

  test('a whole service name has four dots, and is searched for all the same', () => {
    expect(lookedUp('svc1.default.svc.cluster.local', rulesOf()).queries).toBe(8)
  })

  test('a dot at its end saves all but two', () => {
    expect(lookedUp('api.example.com.', rulesOf())).toMatchObject({ names: ['api.example.com.'], queries: 2 })
  })

  test('a name with as many dots as ndots is asked for as it is first', () => {
    const { names } = lookedUp('api.example.com', rulesOf({ ndots: 2 }))
    expect([names[0], names.length]).toEqual(['api.example.com.', 4])
  })

  test('musl does not search for such a name at all', () => {
    expect(lookedUp('api.example.com', rulesOf({ ndots: 2 }), 'musl').names).toEqual(['api.example.com.'])
    expect(lookedUp('api.example.com', rulesOf(), 'musl').queries).toBe(8)
  })

  test('musl asks all servers at once', () => {
    const two = rulesOf({ servers: [clean('10.0.0.1'), clean('10.0.0.2')] })
    expect([lookedUp('a.', two).queries, lookedUp('a.', two, 'musl').queries]).toEqual([2, 4])
  })

  test('every server and every round come on top where nobody answers well', () => {
    const three = rulesOf({ servers: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((server) => clean(server)), attempts: 4 })
    expect(lookedUp('api.example.com', three).most).toBe(8 * 3 * 4)
  })

  test('the search domain "." is the name as it is, and is not asked for twice', () => {
    expect(lookedUp('db', rulesOf({ searches: [clean('.'), clean('a.b')] })).names).toEqual(['db.', 'db.a.b.'])
    expect(lookedUp('db', rulesOf({ ndots: 0, searches: [clean('.'), clean('a.b')] })).names).toEqual([
      'db.',
      'db.a.b.',
    ])
  })

  test('options of glibc count: no-aaaa, and no-tld-query for names without a dot', () => {
    expect(lookedUp('db.other', rulesOf({ options: [clean('no-aaaa')] })).queries).toBe(4)
    const options = [clean('no-tld-query')]
    expect(lookedUp('db', rulesOf({ options })).names).not.toContain('db.')
    expect(lookedUp('db', rulesOf({ options, searches: [] })).names).toEqual(['db.'])
    expect(lookedUp('db.other', rulesOf({ options })).names).toContain('db.other.')
  })

  test.each(['10.0.0.1', '::1', 'fe80::1%eth0'])('an address is not looked up: %s', (address) => {
    expect(lookupsOf(clean(address), rulesOf())).toEqual({ state: 'not-looked-up', why: 'it is an address' })
  })

  test.each(['', '.', 'a..b', 'a..', '.a', 'x'.repeat(64), 'a.'.repeat(127) + 'ab'])(
    'no name, no lookup: "%s"',
    (name) => {
      expect(lookupsOf(clean(name), rulesOf()).state).toBe('not-looked-up')
    },
  )

  test('a search domain that makes a name too long is left out', () => {
    const searches = [clean(`${'x'.repeat(60)}.`.repeat(4).slice(0, -1)), clean('a.b')]
    expect(lookedUp('long-enough', rulesOf({ searches })).names).toEqual(['long-enough.a.b.', 'long-enough.'])
  })
})

describe('any name and any rules', () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
  const rules = fc
    .record({
      servers: fc.array(fc.constant('10.0.0.1'), { maxLength: 3 }),
      searches: fc.uniqueArray(domain, { maxLength: 6 }),
      ndots: fc.nat(15),
      attempts: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ servers, searches, ...more }) =>
      rulesOf({ servers: servers.map((one) => clean(one)), searches: searches.map((one) => clean(one)), ...more }),
    )
  const name = fc
    .array(fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/), { minLength: 1, maxLength: 7 })
    .map((labels) => labels.join('.'))

  test('the name as it is is asked for once, first or last by its dots, with each search domain once in their order', () => {
    fc.assert(
      fc.property(name, rules, (asked, resolver) => {
        const { names } = lookedUp(asked, resolver)
        const domains = resolver.searches.map((one) => `${asked}.${one}.`)
        const isFirst = asked.split('.').length - 1 >= resolver.ndots
        expect(names).toEqual(isFirst ? [`${asked}.`, ...domains] : [...domains, `${asked}.`])
      }),
    )
  })

  test('a dot at the end makes it one name, whatever the rules', () => {
    fc.assert(
      fc.property(name, rules, fc.constantFrom<Library>('glibc', 'musl'), (asked, resolver, library) => {
        expect(lookedUp(`${asked}.`, resolver, library).names).toEqual([`${asked}.`])
      }),
    )
  })

  test('no more than the most is ever sent, and musl never asks for more names than glibc', () => {
    fc.assert(
      fc.property(name, rules, (asked, resolver) => {
        const [glibc, musl] = [lookedUp(asked, resolver), lookedUp(asked, resolver, 'musl')]
        for (const { queries, most, names, types } of [glibc, musl]) {
          expect(queries).toBeLessThanOrEqual(most)
          expect(queries).toBeGreaterThanOrEqual(names.length * types.length)
        }
        expect(glibc.names).toEqual(expect.arrayContaining([...musl.names]))
      }),
    )
  })

  test('any text is taken without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (text, searches) => {
        const lookups = lookupsOf(clean(text), rulesOf({ searches: searches.map((one) => clean(one)) }))
        const names = lookups.state === 'looked-up' ? lookups.names : []
        expect(names.every((one) => one.length <= 254)).toBe(true)
      }),
    )
  })
})
